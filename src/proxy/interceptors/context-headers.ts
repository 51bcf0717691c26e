import { compileHeaderCopy } from '#libs/forwarder';
import { Problem, problems, type Answer, type Exchange, type Interceptor, type Next } from '#libs/kernel';
import { compileRequestHeaders } from '#libs/transforms';
import { compileForwarded, isOwnedHeader } from '../../http/forwarded.js';
import { RequestBody } from '../../http/request-body.js';
import { compileTraceHeaders } from '../../http/trace-context.js';
import { compileTrust } from '../../http/trusted-proxies.js';
import type { CompileRequest } from '../compile.js';
import { compileInternalToken, tokenHeaders } from '../internal-token.js';

/**
 * Context headers: opens the request that leaves. The client's fields less what must not travel, then what only we may
 * say: who is calling, under which id, through which proxies, in which trace.
 */
export const contextHeaders: CompileRequest = (parts): Interceptor => {
  const { config, settings } = parts;
  const { request } = settings.headers;
  const token = compileInternalToken(parts);
  const { isDropped, apply } = compileRequestHeaders({ ...request, drop: [...request.drop, ...tokenHeaders(config), ...(token === null ? [] : [token.header])] });
  const { header: chainHeader } = config.correlationId ?? { header: null };
  // Debug headers are signed for this gateway, and nobody else's business.
  const ours = [...config.requestId.upstream, chainHeader, config.log.debug?.header].flatMap((name) => name?.toLowerCase() ?? []);
  const copyHeaders = compileHeaderCopy((name) => isDropped(name) || isOwnedHeader(name) || ours.includes(name) || name === 'traceparent' || name === 'tracestate');
  const addForwarded = compileForwarded(config.forwarded, compileTrust(config.forwarded.trust));
  const addTrace = compileTraceHeaders();
  const { limit } = settings.body;
  return {
    intercept(exchange, next) {
      limitBody(exchange, limit);
      const headers = copyHeaders(exchange);
      for (const name of config.requestId.upstream) headers.append(name, exchange.id);
      if (chainHeader !== null && exchange.correlationId !== '') headers.append(chainHeader, exchange.correlationId);
      exchange.outgoing = { method: settings.method ?? exchange.method, path: exchange.servicePath, query: exchange.query, headers, body: exchange.body };
      addForwarded(exchange, headers);
      addTrace(exchange, headers);
      apply?.(exchange);
      const pending = token?.add(exchange, headers);
      return pending === undefined ? next(exchange) : after(pending, exchange, next);
    },
  };
};

async function after(pending: Promise<void>, exchange: Exchange, next: Next): Promise<Answer> {
  await pending;
  return next(exchange);
}

/** A length that is announced is judged at once; else the body counts while it streams. */
function limitBody(exchange: Exchange, limit: number): void {
  if (!(exchange.body instanceof RequestBody)) return;
  exchange.body.limit = limit;
  if (Number(exchange.headers['content-length']) > limit) throw new Problem(problems.bodyTooLarge, `The body is over the limit of ${limit} bytes`);
}
