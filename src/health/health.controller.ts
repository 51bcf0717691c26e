import { Controller, Get, Header, Req, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Problem, problems } from '#libs/kernel';
import { AuthGuard } from '../auth/auth.guard.js';
import { RouteGuard } from '../http/route.guard.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { ServiceDirectory } from '../services/index.js';
import { CurrentEndpoint } from '../http/current-endpoint.js';
import { GatewayFactsService } from './gateway-facts.js';
import { healthAnswers } from './health-answers.js';
import { Readiness } from './readiness.js';

/** The gateway itself. Nothing here looks at a service: a platform without one of its services still wants its gateway. */
@ApiTags('Health')
@Controller(ENDPOINT_PREFIX)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class HealthController {
  constructor(
    private readonly current: CurrentEndpoint,
    private readonly facts: GatewayFactsService,
    private readonly readiness: Readiness,
    private readonly directory: ServiceDirectory,
  ) {}

  @Get('health')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How the gateway is' })
  @ApiOkResponse({ description: 'It answers.' })
  health(@Req() request: FastifyRequest): unknown {
    return this.#answer('health', request);
  }

  @Get('live')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Liveness: does the process answer?' })
  @ApiOkResponse({ description: 'It does.' })
  live(@Req() request: FastifyRequest): unknown {
    return this.#answer('live', request);
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Readiness: does this instance want requests?', description: 'Tells the hash of the configuration in force, of the last reload if it failed, and whose registry is away.' })
  @ApiOkResponse({ description: 'It does.' })
  @ApiResponse({ status: problems.draining.status, description: problems.draining.title })
  ready(@Req() request: FastifyRequest): unknown {
    if (!this.readiness.ready) throw new Problem(problems.draining, this.readiness.draining ? 'This instance takes no more requests.' : 'No configuration is in force yet.');
    return this.#answer('ready', request);
  }

  #answer(kind: 'health' | 'live' | 'ready', request: FastifyRequest): unknown {
    const { config, endpoint } = this.current.of(request);
    const { failedReload } = this.readiness;
    const stale = [...this.directory.services.values()].filter((service) => service.stale !== null).map(({ name }) => name);
    return healthAnswers[kind].of(endpoint)({ ...this.facts.now(config), state: 'up', words: endpoint.words, failedReload, stale });
  }
}
