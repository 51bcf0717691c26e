import { nodePeer } from '../lib/node-peer.mjs';

export const httpProxy = nodePeer(import.meta.url, {
  name: 'http-proxy',
  package: 'http-proxy',
  async serve({ port, upstream }) {
    const { Agent } = await import('node:http');
    const { default: proxy } = await import('http-proxy');
    // Without an agent it sends Connection: close and opens one upstream connection per request.
    proxy.createProxyServer({ target: upstream, agent: new Agent({ keepAlive: true }) }).listen(port, '127.0.0.1');
  },
});
