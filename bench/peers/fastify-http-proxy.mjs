import { nodePeer } from '../lib/node-peer.mjs';

export const fastifyHttpProxy = nodePeer(import.meta.url, {
  name: '@fastify/http-proxy',
  package: '@fastify/http-proxy',
  async serve({ port, upstream }) {
    const { default: fastify } = await import('fastify');
    const { default: proxy } = await import('@fastify/http-proxy');
    await fastify().register(proxy, { upstream }).listen({ port, host: '127.0.0.1' });
  },
});
