import type { Clock, Exchange, Principal, Route, Target } from '#libs/kernel';
import { REDACTED } from '../config/redact.js';
import { IsoTime } from './iso-time.js';
import { quote } from './json-text.js';
import { ALONE, type LogConfig, type Writer } from './logger.js';
import { Redaction } from './redaction.js';

/** The access line of an exchange: one JSON object and a line feed. */
export type AccessLine = (exchange: Exchange) => string;

/**
 * Compiles the access line. Built by hand, as it is written for every request: what a route, a target or a principal
 * adds is put together once and remembered with it. What there is none of is left out.
 */
export function compileAccessLine(config: Pick<LogConfig, 'query' | 'headers' | 'redact'>, clock: Clock, { worker }: Writer = ALONE): AccessLine {
  const redaction = new Redaction(config.redact);
  const time = new IsoTime();
  const who = worker === null ? '' : `,"worker":${worker}`;
  const ofRoute = remembered(routeFields);
  const ofTarget = remembered((target: Target) => `,"target":${quote(target.url.host)}`);
  const ofPrincipal = remembered((principal: Principal) => `,"subject":${quote(redaction.value(principal.id))},"authenticator":${quote(principal.authenticator)}`);
  const headersOf = compileHeaders(config.headers, redaction);
  return (exchange) => {
    const { cached, degraded, limits, route, service, target, principal, upgrade, variant } = exchange;
    const problem = exchange.problem ?? exchange.failure;
    let line = `{"time":"${time.format(clock.now())}","level":"info","msg":"request"${who},"requestId":${quote(exchange.id)}`;
    if (exchange.traceId !== '') line += `,"traceId":${quote(exchange.traceId)}`;
    line += `,"client":${quote(exchange.client)},"method":${quote(exchange.method)},"path":${pathOf(exchange, config.query, redaction)}`;
    if (route !== null) line += service === null || service === route.service ? ofRoute(route) : routeFields({ name: route.name, endpoint: route.endpoint, service });
    if (variant !== null) line += `,"variant":${quote(variant)}`;
    if (target !== null) line += `${ofTarget(target)},"tries":${exchange.tries},"targetTime":${milliseconds(exchange.targetTime)}`;
    if (principal !== null) line += ofPrincipal(principal);
    line += `,"status":${exchange.status}`;
    if (problem !== null) line += `,"problem":${quote(problem.type.code)}`;
    if (cached !== null) line += `,"cache":"${cached}"`;
    if (limits.length > 0) line += limitOf(limits);
    if (degraded !== null) line += `,"degraded":${quote(degraded)}`;
    line += `,"duration":${milliseconds(clock.elapsed() - exchange.startedAt)},"bytesIn":${exchange.bytesIn},"bytesOut":${exchange.bytesOut}`;
    if (upgrade !== null) line += `,"upgrade":${quote(upgrade)}`;
    const agent = exchange.headers['user-agent'];
    if (agent !== undefined) line += `,"userAgent":${quote(agent.includes('eyJ') ? redaction.value(agent) : agent)}`;
    return `${line}${headersOf(exchange)}}\n`;
  };
}

function remembered<K extends object>(make: (key: K) => string): (key: K) => string {
  const known = new WeakMap<K, string>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const text = make(key);
    known.set(key, text);
    return text;
  };
}

function routeFields({ name, service, endpoint }: Pick<Route, 'name' | 'service' | 'endpoint'>): string {
  let text = `,"route":${quote(name)}`;
  if (service !== null) text += `,"service":${quote(service.name)}`;
  if (endpoint !== null) text += `,"endpoint":${quote(endpoint)}`;
  return text;
}

/** The limit that refused, or would have in earnest; nothing where all gave. */
function limitOf(limits: Exchange['limits']): string {
  const used = limits.find(({ allowed, binding }) => !allowed && binding) ?? limits.find(({ allowed }) => !allowed);
  return used === undefined ? '' : `,"limit":${quote(used.name)}`;
}

/** A path that was not safe to normalise still has its query. */
function pathOf({ path, query }: Exchange, withQuery: boolean, redaction: Redaction): string {
  const start = path.indexOf('?');
  const bare = start < 0 ? path : path.slice(0, start);
  const shown = bare.includes('eyJ') ? redaction.value(bare) : bare;
  if (!withQuery) return quote(shown);
  return quote(shown + redaction.query(start < 0 ? query : path.slice(start)));
}

function compileHeaders(names: readonly string[], redaction: Redaction): (exchange: Exchange) => string {
  if (names.length === 0) return () => '';
  const fields = names.map((name) => ({ name: name.toLowerCase(), key: quote(name.toLowerCase()), hidden: redaction.hides(name) }));
  return ({ headers }) => {
    let text = '';
    for (const { name, key, hidden } of fields) {
      const value = headers[name];
      if (value === undefined) continue;
      text += `${text === '' ? '' : ','}${key}:${quote(hidden ? REDACTED : redaction.value(String(value)))}`;
    }
    return text === '' ? '' : `,"headers":{${text}}`;
  };
}

/** Microseconds are as fine as it gets. */
function milliseconds(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
