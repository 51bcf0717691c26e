import type { Answer, Exchange, Interceptor, Next, Transform } from '#libs/kernel';
import { compilePath, compileQuery, compileRedirects, compileResponseHeaders, partByRequest } from '#libs/transforms';
import type { CompileRequest } from '../compile.js';

type RequestEdit = NonNullable<Transform['request']>;
type ResponseEdit = NonNullable<Transform['response']>;

/** Path, query and header edits of the route, then its `transform:` list; responses are edited in reverse order. */
export const transforms: CompileRequest = ({ settings, extensions, kept, surroundings }): Interceptor | null => {
  const listed = settings.transform.map((chosen) => extensions.create('transform', chosen, surroundings));
  const requests = [
    compilePath(settings.path, settings.trailingSlash),
    compileQuery(settings.query),
    ...listed.map((transform) => transform.request?.bind(transform)),
  ].filter((edit): edit is RequestEdit => !!edit);
  const responses = [
    ...listed.toReversed().map((transform) => transform.response?.bind(transform)),
    compileRedirects(settings.redirects),
    // What tells of one request is said outside of the cache.
    compileResponseHeaders(kept === null ? settings.headers.response : partByRequest(settings.headers.response).shared),
  ].filter((edit): edit is ResponseEdit => !!edit);
  if (requests.length === 0 && responses.length === 0) return null;
  return {
    intercept(exchange, next) {
      const pending = inTurn(requests, (edit) => edit(exchange));
      const answered = pending ? afterwards(pending, exchange, next) : next(exchange);
      if (responses.length === 0) return answered;
      return answered.then((answer) => {
        try {
          const editing = inTurn(responses, (edit) => edit(exchange, answer));
          return editing ? editing.then(() => answer, (error: unknown) => refuse(answer, error)) : answer;
        } catch (error) {
          return refuse(answer, error);
        }
      });
    },
  };
};

/** An answer that cannot be edited goes to nobody: its target need not send the rest. */
function refuse({ body }: Answer, error: unknown): never {
  body?.cancel(error as Error);
  throw error;
}

/** Most edits are synchronous; a promise is made only for those that are not. */
function inTurn<E>(edits: readonly E[], run: (edit: E) => void | Promise<void>, from = 0): void | Promise<void> {
  for (let i = from; i < edits.length; i++) {
    const pending = run(edits[i] as E);
    if (pending) return pending.then(() => inTurn(edits, run, i + 1));
  }
}

async function afterwards(pending: Promise<void>, exchange: Exchange, next: Next): Promise<Answer> {
  await pending;
  return next(exchange);
}
