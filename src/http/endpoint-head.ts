import type { FastifyReply, FastifyRequest } from 'fastify';
import { HeaderList } from '#libs/kernel';
import { exchangeOf } from './exchange-of.js';

/** Fastify's onSend hook: our own controllers' answers get the same head as proxied ones. Hijacked replies pass it by. */
export function endpointHead(request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: Error | null, payload?: unknown) => void): void {
  const exchange = exchangeOf(request.raw);
  const head = new HeaderList();
  exchange.status = reply.statusCode;
  exchange.route?.head.apply(exchange, head);
  for (let i = 0; i < head.flat.length; i += 2) reply.header(head.flat[i] as string, head.flat[i + 1]);
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) exchange.bytesOut = Buffer.byteLength(payload);
  done(null, payload);
}
