import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import { RouteGuard } from '../http/route.guard.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { CurrentEndpoint } from '../http/current-endpoint.js';
import { GatewayFactsService } from './gateway-facts.js';
import { infoAnswers } from './info-answer.js';

@ApiTags('Gateway')
@Controller(ENDPOINT_PREFIX)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class InfoController {
  constructor(
    private readonly current: CurrentEndpoint,
    private readonly facts: GatewayFactsService,
  ) {}

  @Get('info')
  @ApiOperation({ summary: 'What this gateway is, and what it serves' })
  @ApiOkResponse({ description: 'Name, version, services and the hash of the configuration in force.' })
  info(@Req() request: FastifyRequest): unknown {
    const { config, endpoint } = this.current.of(request);
    return infoAnswers.of(endpoint)(this.facts.now(config));
  }
}
