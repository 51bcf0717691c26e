import type { FastifyReply, FastifyRequest } from 'fastify';
import { events, HeaderList } from '#libs/kernel';
import { exchangeOf } from './exchange-of.js';
import { SlowClient } from './slow-client.js';
import { linger } from './write-answer.js';

const POLICY = 'content-security-policy';

/** Fastify's onSend hook: our own controllers' answers get the same head as proxied ones. Hijacked replies pass it by. */
export function endpointHead(request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: Error | null, payload?: unknown) => void): void {
  const exchange = exchangeOf(request.raw);
  const vary = reply.getHeader('vary');
  // What the controller's answer varies by is added to, never replaced.
  const head = new HeaderList(typeof vary === 'string' ? ['Vary', vary] : []);
  exchange.status = reply.statusCode;
  events.endpointAnswering.publish(exchange);
  exchange.route?.head.apply(exchange, head);
  for (let i = 0; i < head.flat.length; i += 2) {
    const name = head.flat[i] as string;
    // The documentation page brings the policy it needs; a stricter one for APIs would leave it blank.
    if (name.toLowerCase() === POLICY && reply.hasHeader(POLICY)) continue;
    reply.header(name, head.flat[i + 1]);
  }
  if (!request.raw.complete) linger(reply.raw);
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) exchange.bytesOut = Buffer.byteLength(payload);
  // It leaves whole, right after this.
  if (typeof payload !== 'object' || payload === null || Buffer.isBuffer(payload)) new SlowClient(exchange, reply.raw).waits();
  done(null, payload);
}
