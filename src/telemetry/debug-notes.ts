import type { Exchange, LimitReport } from '#libs/kernel';
import { hostOf, milliseconds, pathOf, serviceOf } from './line-parts.js';
import type { Redaction } from './redaction.js';

/** Writes one line about an exchange. */
export type Say = (fields: object, text: string) => void;

/** What is known before anything is decided: which route it is, and what for. `query`: whether the path carries it. */
export function tellOpening(exchange: Exchange, { query, redaction }: { readonly query: boolean; readonly redaction: Redaction }, say: Say): void {
  const { client, host, httpVersion, method, params, peer, refusal, route, scheme } = exchange;
  say({ client, peer, scheme, host, httpVersion, method, path: pathOf(exchange, query, redaction) }, 'arrived');
  say({
    route: route?.name, pattern: route?.template, params: redaction.params(params), service: route?.service?.name, endpoint: route?.endpoint ?? undefined,
    ...(refusal && { refused: refusal.type.code, detail: refusal.detail }),
  }, 'route');
}

/** What was decided on its way, step by step, and how long it took. `duration` is in milliseconds. */
export function tellEnd(exchange: Exchange, duration: number, say: Say): void {
  const { cached, limits, principal } = exchange;
  say(principal === null ? { caller: null } : {
    subject: principal.id, authenticator: principal.authenticator, roles: principal.roles, permissions: principal.permissions, scopes: principal.scopes,
  }, 'caller');
  for (const limit of limits) say(limitFields(limit), 'limit');
  if (cached !== null) say({ cache: cached }, 'cache');
  tellService(exchange, say);
  tellAnswer(exchange, duration, say);
}

function limitFields({ allowed, binding, name, quota, remaining, reset, retryAfter, window }: LimitReport): object {
  return { limit: name, allowed, binding, quota, window, remaining, reset: Math.round(reset), retryAfter: Math.round(retryAfter) };
}

function tellService(exchange: Exchange, say: Say): void {
  const { outgoing, target, targetTime, tries, variant } = exchange;
  if (outgoing === null) return;
  say({
    service: serviceOf(exchange)?.name, ...(variant !== null && { variant }), target: target && hostOf(target), tries, targetTime: Number(milliseconds(targetTime)),
    method: outgoing.method, headers: outgoing.headers.flat.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()),
  }, 'service');
}

function tellAnswer({ bytesIn, bytesOut, degraded, failure, problem, status }: Exchange, duration: number, say: Say): void {
  const wrong = problem ?? failure;
  say({
    status, bytesIn, bytesOut, duration: Number(milliseconds(duration)), ...(degraded !== null && { degraded }),
    ...(wrong !== null && { problem: wrong.type.code, detail: wrong.detail, help: wrong.type.help }),
  }, 'answer');
}
