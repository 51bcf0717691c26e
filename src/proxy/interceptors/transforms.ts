import type { Interceptor, Transform } from '#libs/kernel';
import { compilePath, compileQuery, compileRedirects, compileResponseHeaders } from '#libs/transforms';
import type { Compile } from '../compile.js';

type RequestEdit = NonNullable<Transform['request']>;
type ResponseEdit = NonNullable<Transform['response']>;

/** Path, query and header edits of the route, then its `transform:` list; responses are edited in reverse order. */
export const transforms: Compile = ({ settings, extensions, surroundings }): Interceptor | null => {
  const listed = settings.transform.map((chosen) => extensions.create('transform', chosen, surroundings));
  const requests = [
    compilePath(settings.path, settings.trailingSlash),
    compileQuery(settings.query),
    ...listed.map((transform) => transform.request?.bind(transform)),
  ].filter((edit): edit is RequestEdit => !!edit);
  const responses = [
    ...listed.toReversed().map((transform) => transform.response?.bind(transform)),
    compileRedirects(settings.redirects),
    compileResponseHeaders(settings.headers.response),
  ].filter((edit): edit is ResponseEdit => !!edit);
  if (requests.length === 0 && responses.length === 0) return null;
  return {
    async intercept(exchange, next) {
      // Most edits are synchronous; awaiting those would cost a turn each.
      for (const edit of requests) {
        const pending = edit(exchange);
        if (pending) await pending;
      }
      const answer = await next(exchange);
      for (const edit of responses) {
        const pending = edit(exchange, answer);
        if (pending) await pending;
      }
      return answer;
    },
  };
};
