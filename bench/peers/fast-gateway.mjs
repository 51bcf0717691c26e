import { nodePeer } from '../lib/node-peer.mjs';

/** Its fast-proxy-lite is overridden to 1.1.2 in package.json: the 1.1.3 it asks for is not in every registry. */
export const fastGateway = nodePeer(import.meta.url, {
  name: 'fast-gateway',
  package: 'fast-gateway',
  async serve({ port, upstream }) {
    const { default: gateway } = await import('fast-gateway');
    await gateway({ routes: [{ prefix: '', target: upstream }] }).start(port, '127.0.0.1');
  },
});
