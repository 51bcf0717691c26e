import { All, Controller, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import { exchangeOf } from '../http/exchange-of.js';
import { OperationMethods } from '../http/operation-methods.js';
import { RouteGuard } from '../http/route.guard.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { ProxyService } from './proxy.service.js';

/**
 * The catch-all: whatever is not a built-in endpoint. Its guards in order are steps 2 to 4 of a request's way; the
 * front door (step 1) has already found the route.
 */
@ApiExcludeController()
@Controller()
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class ProxyController {
  constructor(private readonly proxy: ProxyService, private readonly operations: OperationMethods) {}

  /**
   * Nest is not made to wait: what it would do once the answer is there has been taken from it.
   * @throws Problem for what a built-in endpoint has no operation for.
   */
  @All('*')
  handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const exchange = exchangeOf(request.raw);
    if (exchange.route?.endpoint) throw this.operations.missing(exchange, request.url);
    reply.hijack();
    void this.proxy.forward(exchange, reply.raw);
  }
}
