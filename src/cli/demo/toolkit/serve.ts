import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Refusal, Reply, type Routes } from './call.js';
import { Moved, router } from './router.js';

/** `/path?a=b` in two; never throws, whatever the client wrote. */
export function parseTarget(request: IncomingMessage): { path: string; query: URLSearchParams } {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  if (mark < 0) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

/** The request listener of one service; no error of a handler gets past it. */
export function serve(routes: Routes): RequestListener {
  const find = router(routes);
  return (request, response) => {
    // Without a listener, a client that leaves in the middle of an answer would end the process.
    response.on('error', () => response.destroy());
    answer(find, request, response).catch((error: unknown) => fail(request, response, error));
  };
}

async function answer(
  find: ReturnType<typeof router>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { path, query } = parseTarget(request);
  const found = find(request.method ?? 'GET', path);
  if (found instanceof Moved) {
    const search = query.size > 0 ? `?${query.toString()}` : '';
    // Absolute and pointing at the service itself, as the original does: what a gateway has to rewrite.
    const location = `http://${request.headers.host ?? 'localhost'}${found.path}${search}`;
    return send(request, response, new Reply(307, undefined, { location }));
  }
  const result = await found.handler({ request, response, query, params: found.params });
  if (response.headersSent) return;
  if (result instanceof Reply) return send(request, response, result);
  send(request, response, new Reply(result === undefined ? 204 : 200, result));
}

function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed || request.errored) {
    response.destroy();
    return;
  }
  if (error instanceof Refusal)
    return send(request, response, new Reply(error.status, { detail: error.detail }, error.headers));
  process.emitWarning(error instanceof Error ? error : String(error));
  const body = { detail: 'Erreur interne du serveur', request_id: request.headers['x-gateway-request-id'] };
  send(request, response, new Reply(500, body));
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
  const type = text === '' ? {} : { 'content-type': 'application/json' };
  const length = reply.status === 204 ? {} : { 'content-length': Buffer.byteLength(text) };
  response.writeHead(reply.status, { ...type, ...length, ...reply.headers }).end(text);
  // What is left of a refused body is read and dropped, so that the client hears the refusal instead of a reset.
  request.resume();
}
