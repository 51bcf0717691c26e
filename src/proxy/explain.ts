import { parse } from 'yaml';
import type { Answer, Exchange, Target } from '#libs/kernel';
import { describeReason } from '#libs/routing';
import { renderEffective, type GatewayConfig } from '../config/index.js';
import type { DryOutcome } from './dry-run.js';
import { explainedCache } from './explain-cache.js';
import { explainedLimits } from './explain-limits.js';
import type { ExplainedAccess, ExplainedForwarding, ExplainedRoute, ExplainedSetting, RequestExplanation } from './explanation.js';
import { shownFields } from './shown-fields.js';

/** Puts an outcome in plain data. */
export function explainOutcome(outcome: DryOutcome, config: GatewayConfig): RequestExplanation {
  const { exchange, explanation, refusal } = outcome;
  const { method, scheme, host, path, client } = exchange;
  return {
    request: { method, scheme, host, path, query: exchange.query, client },
    outcome: outcomeOf(outcome),
    route: routeOf(outcome, config),
    candidates: (explanation?.routes ?? []).map(({ name, outcome: verdict, pattern, reason }) => ({ name, outcome: verdict, pattern, reason: reason && describeReason(reason) })),
    nearest: explanation?.nearest ?? null,
    allow: explanation?.allow ?? [],
    access: accessOf(outcome),
    refusal: refusal && { by: refusal.by, status: refusal.problem.status, code: refusal.problem.type.code, detail: detailOf(refusal.problem), help: refusal.problem.type.help },
    forwarded: outcome.forwarded ? forwardingOf(exchange) : null,
    calls: outcome.sent.filter((sent) => sent !== exchange).map(forwardingOf).filter((sent) => sent !== null),
    limits: explainedLimits(outcome, config),
    cache: explainedCache(outcome, config),
    answer: outcome.answer && answerOf(outcome.answer),
    settings: settingsOf(exchange, config),
  };
}

/** A fault inside says nothing to a client, but all to whoever explains. */
function detailOf({ detail, extras: { cause } }: { detail: string; extras: { cause?: unknown } }): string {
  return cause instanceof Error ? `${detail}: ${cause.message}` : detail;
}

function outcomeOf({ answer, exchange, forwarded, preflight, refusal }: DryOutcome): RequestExplanation['outcome'] {
  if (forwarded) return 'forwarded';
  if (refusal) return 'refused';
  if (preflight) return 'preflight';
  return exchange.route?.endpoint && !answer ? 'endpoint' : 'answered';
}

function routeOf({ exchange, explanation }: DryOutcome, config: GatewayConfig): ExplainedRoute | null {
  const winner = explanation?.routes.find(({ outcome }) => outcome === 'won');
  if (!winner) return null;
  const { at, endpoint } = placeOf(winner.name);
  const route = endpoint === null ? config.routes[winner.name] : undefined;
  const { file = '', line = 0 } = config.originOf(at) ?? {};
  return {
    name: winner.name, description: route?.description ?? null,
    pattern: winner.pattern, params: exchange.params, version: explanation?.version ?? null,
    service: route?.to ?? null, endpoint,
    policies: (route ?? config.endpoints[endpoint ?? ''])?.use ?? [],
    file, line,
  };
}

/** Path in the effective configuration, and the endpoint's key where it is one. */
function placeOf(name: string): { at: readonly string[]; endpoint: string | null } {
  const endpoint = /^endpoint:(.*)$/.exec(name)?.[1] ?? null;
  return { at: endpoint === null ? ['routes', name] : ['endpoints', endpoint], endpoint };
}

function accessOf({ exchange, explanation, preflight, refusal, settings }: DryOutcome): ExplainedAccess {
  const { principal } = exchange;
  const authenticate = settings.authenticate ?? [];
  const unasked = preflight || !explanation?.winner;
  return {
    authenticate, authorize: settings.authorize,
    decision: unasked || refusal?.by === 'address' ? 'not asked' : refusal?.by === 'access' ? 'refused' : authenticate === 'none' || principal === null ? 'public' : 'admitted',
    principal: principal && { id: principal.id, email: principal.email, roles: principal.roles, permissions: principal.permissions, scopes: principal.scopes, authenticator: principal.authenticator },
  };
}

function forwardingOf({ outgoing, service, target, variant }: Exchange): ExplainedForwarding | null {
  if (!outgoing || !target || !service) return null;
  const { method, path, query, headers, body } = outgoing;
  return {
    service: service.name, variant,
    target: shownAddress(target), targets: service.targets.map(shownAddress),
    method, path: target.basePath + path + query,
    headers: shownFields(headers.flat),
    body: Buffer.isBuffer(body) ? body.toString() : null,
  };
}

/** Without user and password. */
function shownAddress({ url: { origin, pathname } }: Target): string {
  return origin + pathname;
}

function answerOf({ status, headers, body }: Answer): RequestExplanation['answer'] {
  return { status, headers: shownFields(headers.flat), body: Buffer.from(body?.takeWhole() ?? []).toString() };
}

function settingsOf({ route }: Exchange, config: GatewayConfig): ExplainedSetting[] {
  if (!route) return [];
  const { at } = placeOf(route.name);
  const [section = '', name = ''] = route.name === '(unmatched)' ? ['defaults'] : at;
  const printed = (parse(renderEffective(config, { origins: false })) as Record<string, Record<string, unknown>>)[section];
  const root = name === '' ? printed : printed?.[name];
  return [...leaves(root, [])].map(({ path, value }) => {
    const { file = '', layer = 'default', line = 0 } = config.originOf([section, ...(name === '' ? [] : [name]), ...path]) ?? {};
    return { path: path.join('.'), value, layer, file, line };
  });
}

function* leaves(value: unknown, path: readonly string[]): Generator<{ path: readonly string[]; value: unknown }> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0) {
    yield { path, value };
    return;
  }
  for (const [key, inner] of Object.entries(value)) yield* leaves(inner, [...path, key]);
}
