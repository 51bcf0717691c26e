import type { IncomingMessage } from 'node:http';
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
