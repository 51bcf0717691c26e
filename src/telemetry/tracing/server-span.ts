import { SpanKind, SpanStatusCode, type Attributes } from '@opentelemetry/api';
import {
  ATTR_CLIENT_ADDRESS, ATTR_ERROR_TYPE, ATTR_HTTP_REQUEST_METHOD, ATTR_HTTP_REQUEST_METHOD_ORIGINAL, ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_ROUTE, ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PROTOCOL_VERSION, ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT, ATTR_URL_PATH, ATTR_URL_QUERY, ATTR_URL_SCHEME, ATTR_USER_AGENT_ORIGINAL,
} from '@opentelemetry/semantic-conventions';
import type { Exchange } from '#libs/kernel';
import type { Redaction } from '../redaction.js';
import { FinishedSpan, timeOf, UNSET, type Origin } from './finished-span.js';
import type { SpanJournal } from './span-journal.js';
import { methodOf, nameOf, OTHER, placeOf, shortened } from './span-names.js';

/** From here on a status says that we or a service failed, not the client. */
const FAILURE = 500;

export interface SpanSettings {
  readonly redaction: Redaction;
  /** Whether spans carry the query. */
  readonly query: boolean;
}

/** When something of the monotonic clock was: milliseconds to add to get to the epoch, and the moment of the end. */
export interface Times {
  readonly epoch: number;
  readonly endedAt: number;
}

/** Compiles the making of the span that is an exchange. */
export function compileServerSpan(settings: SpanSettings, origin: Origin): (exchange: Exchange, journal: SpanJournal, times: Times) => FinishedSpan {
  return (exchange, { flags, notes, parent, traceId }, { endedAt, epoch }) => {
    const { problem, route, spanId, startedAt, status } = exchange;
    const method = methodOf(exchange.method);
    return new FinishedSpan({
      name: nameOf(method, isMatched(route) ? route.template : undefined),
      kind: SpanKind.SERVER,
      context: { traceId, spanId, traceFlags: flags },
      parent: parent === null ? undefined : { traceId, spanId: parent.spanId, traceFlags: parent.flags, isRemote: true },
      startedAt: startedAt + epoch,
      endedAt: endedAt + epoch,
      status: status >= FAILURE ? { code: SpanStatusCode.ERROR, ...(problem === null ? {} : { message: problem.type.title }) } : UNSET,
      attributes: { ...ofRequest(exchange, method, settings), ...ofAnswer(exchange), ...ofGateway(exchange) },
      events: notes.map(({ at, attributes, name }) => ({ name, time: timeOf(at + epoch), attributes: { ...attributes } })),
    }, origin);
  };
}

function isMatched(route: Exchange['route']): route is NonNullable<Exchange['route']> {
  return route !== null && (route.service !== null || route.endpoint !== null || !route.template.startsWith('('));
}

function ofRequest({ client, headers, host, httpVersion, method: sent, params, path, peer, query, scheme }: Exchange, method: string, { query: withQuery, redaction }: SpanSettings): Attributes {
  const { address, port } = placeOf(host, scheme);
  // A path that was not safe to normalise still has its query.
  const start = path.indexOf('?');
  const attributes: Attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_URL_SCHEME]: scheme,
    [ATTR_URL_PATH]: shortened(redaction.path(start < 0 ? path : path.slice(0, start), params)),
    [ATTR_CLIENT_ADDRESS]: client,
    [ATTR_NETWORK_PEER_ADDRESS]: peer,
    [ATTR_NETWORK_PROTOCOL_VERSION]: httpVersion,
  };
  if (method === OTHER) attributes[ATTR_HTTP_REQUEST_METHOD_ORIGINAL] = shortened(redaction.value(sent));
  if (host !== '') {
    attributes[ATTR_SERVER_ADDRESS] = shortened(address);
    if (port !== null) attributes[ATTR_SERVER_PORT] = port;
  }
  if (withQuery && query !== '') attributes[ATTR_URL_QUERY] = shortened(redaction.query(query).slice(1));
  const agent = headers['user-agent'];
  if (agent !== undefined) attributes[ATTR_USER_AGENT_ORIGINAL] = shortened(redaction.value(agent));
  return attributes;
}

function ofAnswer({ bytesIn, bytesOut, problem, route, status }: Exchange): Attributes {
  const attributes: Attributes = { 'http.request.body.size': bytesIn, 'http.response.body.size': bytesOut };
  if (status > 0) attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] = status;
  if (isMatched(route)) attributes[ATTR_HTTP_ROUTE] = route.template;
  if (problem !== null) attributes[ATTR_ERROR_TYPE] = problem.type.code;
  else if (status >= FAILURE) attributes[ATTR_ERROR_TYPE] = String(status);
  return attributes;
}

/** What was decided on the way, under names of our own. */
function ofGateway({ cached, degraded, failure, id, limits, principal, route, service, tries, upgrade, variant }: Exchange): Attributes {
  const attributes: Attributes = { 'passerelle.request_id': id };
  const set = (name: string, value: string | null | undefined): void => {
    if (value !== null && value !== undefined) attributes[`passerelle.${name}`] = value;
  };
  if (route !== null) set('route', route.name);
  set('endpoint', route?.endpoint);
  set('service', (service ?? route?.service)?.name);
  if (tries > 0) attributes['passerelle.tries'] = tries;
  set('authenticator', principal?.authenticator);
  set('cache', cached);
  if (limits.length > 0) attributes['passerelle.limits'] = limits.map(({ name }) => name);
  set('limit.refused', (limits.find(({ allowed, binding }) => !allowed && binding) ?? limits.find(({ allowed }) => !allowed))?.name);
  set('variant', variant);
  set('degraded', degraded);
  set('failure', failure?.type.code);
  set('upgrade', upgrade);
  return attributes;
}

