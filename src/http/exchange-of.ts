import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Exchange } from '#libs/kernel';

const slot = Symbol('exchange');
type Carrier = IncomingMessage & { [slot]?: Exchange };

/** Ties the exchange to the raw request, the one thing Nest, Fastify and we all hold. */
export function bindExchange(request: IncomingMessage, exchange: Exchange): void {
  (request as Carrier)[slot] = exchange;
}

/** The exchange of a raw request. @throws Error when it did not come through the front door. */
export function exchangeOf(request: IncomingMessage): Exchange {
  const exchange = (request as Carrier)[slot];
  if (!exchange) throw new Error('This request did not come through the front door');
  return exchange;
}

/** The exchange a Nest guard is asked about. `switchToHttp` would make three functions per call. */
export function exchangeIn(context: ExecutionContext): Exchange {
  return exchangeOf(context.getArgByIndex<FastifyRequest>(0).raw);
}
