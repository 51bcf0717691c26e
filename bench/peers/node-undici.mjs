import { nodePeer } from '../lib/node-peer.mjs';

/** Our floor: what node:http and undici cost with nothing in between. */
export const nodeUndici = nodePeer(import.meta.url, {
  name: 'node-undici',
  kind: 'reference',
  package: 'undici',
  async serve({ port, upstream }) {
    const { createServer } = await import('node:http');
    const { Pool } = await import('undici');
    const pool = new Pool(upstream);
    createServer(({ method, url: path, headers }, response) => {
      const { connection: _hopByHop, ...forwarded } = headers;
      pool.dispatch({ method, path, headers: forwarded }, pushInto(response));
    }).listen(port, '127.0.0.1');
  },
});

/** Upstream chunks go straight to the client; a client that reads slowly pauses the upstream. */
const pushInto = (response) => ({
  onRequestStart(controller) {
    response.on('close', () => { if (!response.writableEnded) controller.abort(new Error('the client went away')); });
  },
  onResponseStart(_controller, status, headers) {
    response.writeHead(status, headers);
  },
  onResponseData(controller, chunk) {
    if (response.write(chunk)) return;
    controller.pause();
    response.once('drain', () => controller.resume());
  },
  onResponseEnd() {
    response.end();
  },
  onResponseError() {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  },
});
