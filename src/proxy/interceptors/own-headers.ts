import type { Answer, Exchange, Interceptor } from '#libs/kernel';
import { compileResponseHeaders, partByRequest } from '#libs/transforms';
import type { CompileRequest, RouteParts } from '../compile.js';

/**
 * Of a route with a cache, the fields of `headers.response` that tell of one request (`{request.id}`, `{principal.id}`):
 * they are set on every answer anew, and kept with none. Otherwise the next caller would be told of the one before.
 */
export const ownHeaders: CompileRequest = (parts): Interceptor | null => {
  const apply = compileOwnHeaders(parts);
  return apply && { intercept: (exchange, next) => next(exchange).then((answer) => {
    apply(exchange, answer);
    return answer;
  }) };
};

/** The same as a function; `null` where there is nothing to set. */
export function compileOwnHeaders({ kept, settings }: RouteParts): ((exchange: Exchange, answer: Answer) => void) | null {
  const { own } = partByRequest(settings.headers.response);
  return kept === null || own === null ? null : compileResponseHeaders(own);
}
