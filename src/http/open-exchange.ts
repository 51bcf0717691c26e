import type { IncomingMessage, ServerResponse } from 'node:http';
import { Exchange, Problem, problems } from '#libs/kernel';
import { normalisePath } from '#libs/routing';
import type { Edge } from './edge.js';
import { hasBody, RequestBody } from './request-body.js';

/**
 * Opens the exchange of a request: who is calling, under which id, for which path. `refusal` says what is wrong with
 * it; the route is not looked up yet.
 * @param startedAt `clock.elapsed()` when the request header was complete.
 */
export function openExchange(request: IncomingMessage, response: ServerResponse, edge: Edge, startedAt: number): Exchange {
  const target = normalisePath(request.url as string);
  const exchange = new Exchange({
    method: request.method as string,
    path: target.unsafe === null ? target.path : (request.url as string),
    query: target.unsafe === null ? target.query : '',
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    startedAt,
  });
  edge.identify(exchange, request);
  exchange.refusal = edge.refuse(request);
  if (target.unsafe !== null) exchange.refusal ??= new Problem(problems.unsafePath, target.detail);
  // RFC 9112 3.2.2: the authority of an absolute-form target replaces Host.
  else if (target.authority !== null) exchange.host = target.authority;
  if (hasBody(request)) exchange.body = new RequestBody(request, response, exchange);
  return exchange;
}
