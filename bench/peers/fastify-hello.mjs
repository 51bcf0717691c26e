import { nodePeer } from '../lib/node-peer.mjs';

/** No upstream at all: the bar a cache hit is measured against, an answer of the same size. */
export const fastifyHello = nodePeer(import.meta.url, {
  name: 'fastify-hello',
  kind: 'reference',
  package: 'fastify',
  async serve({ port }) {
    const { default: fastify } = await import('fastify');
    const { body } = await import('../lib/upstream.mjs');
    const app = fastify();
    app.get('/*', (_request, reply) => reply.header('content-type', 'application/json').send(body));
    await app.listen({ port, host: '127.0.0.1' });
  },
});
