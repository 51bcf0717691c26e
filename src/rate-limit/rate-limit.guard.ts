import { Injectable, type ExecutionContext } from '@nestjs/common';
import { normalizeIp, ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { Problem, problems } from '#libs/kernel';
import { exchangeIn, exchangeOf } from '../http/exchange-of.js';
import { isThrottled } from './throttled.js';

/**
 * Step 4: too often? A thin shell around the limits that were compiled with the route; those that `@Throttle()` puts on a
 * controller are counted the way of @nestjs/throttler.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  /** Answers without a promise where the counters are in this process, which the class above does not know of. */
  override canActivate(context: ExecutionContext): Promise<boolean> {
    const exchange = exchangeIn(context);
    const pending = exchange.route?.limit?.admit(exchange);
    if (isThrottled(context)) return Promise.resolve(pending).then(() => super.canActivate(context));
    const answer: boolean | Promise<boolean> = pending === undefined ? true : pending.then(() => true);
    return answer as Promise<boolean>;
  }

  /** Fastify knows the peer only, which may be a proxy. */
  protected override getTracker(request: Record<string, unknown>): Promise<string> {
    return Promise.resolve(normalizeIp(exchangeOf((request as unknown as FastifyRequest).raw).client, this.ipv6SubnetPrefix));
  }

  protected override throwThrottlingException(_context: ExecutionContext, { timeToBlockExpire }: ThrottlerLimitDetail): Promise<void> {
    const seconds = Math.max(1, timeToBlockExpire);
    return Promise.reject(new Problem(problems.tooManyRequests, `The limit is used up. Come back in ${seconds} s.`, { headers: { 'Retry-After': String(seconds) }, members: { retryAfter: seconds } }));
  }
}
