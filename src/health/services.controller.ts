import { Controller, Get, Header, Req, Res, UseGuards } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EndpointConfig } from '../config/index.js';
import { AuthGuard } from '../auth/auth.guard.js';
import { RouteGuard } from '../http/route.guard.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { ServiceDirectory, serviceNamed } from '../services/index.js';
import { CurrentEndpoint } from './current-endpoint.js';
import { GatewayFactsService } from './gateway-facts.js';
import { healthAnswers } from './health-answers.js';
import type { ServiceReport } from './service-reports.js';
import { ServicesCheck } from './services-check.js';
import { stateOf, type State } from './state.js';

/** How the services are, as their own health paths say. */
@ApiTags('Health')
@Controller(ENDPOINT_PREFIX)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class ServicesController {
  constructor(
    private readonly current: CurrentEndpoint,
    private readonly facts: GatewayFactsService,
    private readonly check: ServicesCheck,
    private readonly directory: ServiceDirectory,
  ) {}

  @Get('services')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How the services are', description: 'Asks the health path of every target, at most once a second.' })
  @ApiOkResponse({ description: 'All of them, by name.' })
  async services(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const { config, endpoint } = this.current.of(request);
    const reports = await this.check.run([...this.directory.services.values()]);
    const states = reports.map(({ state }) => state);
    applyStatus(reply, endpoint, states);
    return healthAnswers.services.of(endpoint)({ ...this.facts.now(config), words: endpoint.words, state: stateOf(states), reports });
  }

  @Get('service')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How one service is' })
  @ApiParam({ name: 'service', description: 'Name of the service' })
  @ApiOkResponse({ description: 'The service and its targets.' })
  @ApiNotFoundResponse({ description: 'There is no service of that name.' })
  async service(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const { config, endpoint, exchange } = this.current.of(request);
    const [report] = await this.check.run([serviceNamed(decoded(exchange.params['service'] ?? ''), this.directory.services)]) as [ServiceReport];
    applyStatus(reply, endpoint, [report.state]);
    return healthAnswers.service.of(endpoint)({ ...this.facts.now(config), words: endpoint.words, report });
  }
}

function applyStatus(reply: FastifyReply, { status }: EndpointConfig, states: readonly State[]): void {
  if (states.includes('down')) void reply.status(status.down);
}

/** Parameters keep their percent-encoding. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
