import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { CurrentEndpoint } from '../http/current-endpoint.js';
import { GatewayFactsService } from './gateway-facts.js';
import { staticAnswers } from './static-answer.js';

/** `static`: an answer that stands in the file. */
@ApiTags('Gateway')
@Controller(ENDPOINT_PREFIX)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class StaticController {
  constructor(
    private readonly current: CurrentEndpoint,
    private readonly facts: GatewayFactsService,
  ) {}

  @Get('static')
  @ApiOperation({ summary: 'A fixed answer' })
  answer(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): unknown {
    const { config, endpoint, exchange } = this.current.of(request);
    const { body, headers, status } = staticAnswers.of(endpoint)(this.facts.now(config), exchange);
    void reply.status(status);
    for (const [name, value] of headers) void reply.header(name, value);
    return body;
  }
}
