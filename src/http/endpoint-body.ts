import type { FastifyInstance } from 'fastify';

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * No endpoint of ours reads a body. What a client sends along, in whatever form, is passed over: `curl -d ''` names a form,
 * and Fastify would refuse that, as it would an empty body that calls itself JSON, before anybody of ours is asked.
 */
export function ignoreBodies(fastify: FastifyInstance): void {
  for (const method of METHODS) fastify.addHttpMethod(method, { hasBody: false, overrideExisting: true });
}
