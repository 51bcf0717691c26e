import { nodePeer } from '../lib/node-peer.mjs';

/** The proxy many Node gateways hand-write, with every saving axios offers: no redirects, no decompression, streams. */
export const axiosProxy = nodePeer(import.meta.url, {
  name: 'axios',
  package: 'axios',
  async serve({ port, upstream }) {
    const { Agent, createServer } = await import('node:http');
    const { default: axios } = await import('axios');
    const client = axios.create({
      baseURL: upstream,
      httpAgent: new Agent({ keepAlive: true }),
      responseType: 'stream',
      decompress: false,
      maxRedirects: 0,
      proxy: false,
      validateStatus: () => true,
    });
    const forward = async ({ method, url, headers }, response) => {
      const answer = await client.request({ method, url, headers });
      response.writeHead(answer.status, { ...answer.headers });
      answer.data.pipe(response);
    };
    createServer((request, response) => {
      forward(request, response).catch(() => response.writeHead(502).end());
    }).listen(port, '127.0.0.1');
  },
});
