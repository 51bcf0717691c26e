import type { Clock, Principal, Route, Target } from '#libs/kernel';
import { IsoTime } from './iso-time.js';
import { quote } from './json-text.js';
import { agentOf, compileHeaders, hostOf, limitOf, milliseconds, pathOf, remembered } from './line-parts.js';
import type { AccessLine, LineConfig } from './line-config.js';
import { ALONE, type Writer } from './logger.js';
import { compileMarkText } from './marks.js';
import { Redaction } from './redaction.js';
import { compileShapedLine } from './shaped-line.js';

/** Compiles the access line: as the file shapes it, or as it is. */
export function compileAccessLine(config: LineConfig, clock: Clock, writer: Writer = ALONE): AccessLine {
  const plain = Object.keys(config.names).length + Object.keys(config.add).length === 0 && config.rest === 'keep' && config.nested === undefined && !config.nulls;
  return plain ? compilePlainLine(config, clock, writer) : compileShapedLine(config, clock, writer);
}

/**
 * The line as it is where the file says nothing of its shape. Built by hand, as it is written for every request: what a
 * route, a target or a principal adds is put together once and remembered with it. What there is none of is left out.
 */
export function compilePlainLine(config: LineConfig, clock: Clock, { worker }: Writer): AccessLine {
  const redaction = Redaction.of(config);
  const time = new IsoTime();
  const who = worker === null ? '' : `,"worker":${worker}`;
  const ofRoute = remembered(routeFields);
  const ofTarget = remembered((target: Target) => `,"target":${quote(hostOf(target))}`);
  const ofPrincipal = remembered((principal: Principal) => `,"subject":${quote(redaction.value(principal.id))},"authenticator":${quote(principal.authenticator)}`);
  const headersOf = compileHeaders(config.headers, redaction);
  const marksOf = compileMarkText(config.marks);
  return (exchange) => {
    const { cached, degraded, limits, route, service, target, principal, upgrade, variant } = exchange;
    const problem = exchange.problem ?? exchange.failure;
    const duration = clock.elapsed() - exchange.startedAt;
    let line = `{"time":"${time.format(clock.now())}","level":"info","msg":"request"${who},"requestId":${quote(exchange.id)}`;
    if (exchange.correlationId !== '') line += `,"correlationId":${quote(exchange.correlationId)}`;
    if (exchange.traceId !== '') line += `,"traceId":${quote(exchange.traceId)}`;
    if (exchange.spanId !== '') line += `,"spanId":"${exchange.spanId}"`;
    if (exchange.sampled) line += ',"sampled":true';
    line += `,"client":${quote(exchange.client)},"method":${quote(exchange.method)},"path":${quote(pathOf(exchange, config.query, redaction))}`;
    if (route !== null) line += service === null || service === route.service ? ofRoute(route) : routeFields({ name: route.name, endpoint: route.endpoint, service });
    if (exchange.version !== null) line += `,"version":${quote(exchange.version)}`;
    if (variant !== null) line += `,"variant":${quote(variant)}`;
    if (target !== null) line += `${ofTarget(target)},"tries":${exchange.tries},"targetTime":${milliseconds(exchange.targetTime)}`;
    if (principal !== null) line += ofPrincipal(principal);
    line += `,"status":${exchange.status}`;
    if (problem !== null) line += `,"problem":${quote(problem.type.code)}`;
    if (cached !== null) line += `,"cache":"${cached}"`;
    if (limits.length > 0) line += field(',"limit":', limitOf(limits));
    if (degraded !== null) line += `,"degraded":${quote(degraded)}`;
    line += `,"duration":${milliseconds(duration)},"bytesIn":${exchange.bytesIn},"bytesOut":${exchange.bytesOut}`;
    if (upgrade !== null) line += `,"upgrade":${quote(upgrade)}`;
    line += field(',"userAgent":', agentOf(exchange, redaction));
    if (marksOf !== null) line += marksOf(exchange, duration);
    if (exchange.debugged) line += ',"debug":true';
    const headers = headersOf(exchange);
    return headers === '' ? `${line}}\n` : `${line},"headers":${headers}}\n`;
  };
}

function field(key: string, value: string | null | undefined): string {
  return value === null || value === undefined ? '' : key + quote(value);
}

function routeFields({ name, service, endpoint }: Pick<Route, 'name' | 'service' | 'endpoint'>): string {
  return `,"route":${quote(name)}${field(',"service":', service?.name)}${field(',"endpoint":', endpoint)}`;
}
