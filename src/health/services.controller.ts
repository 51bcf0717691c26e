import { Controller, Get, Header, Req, Res, UseGuards } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { systemClock } from '#libs/kernel';
import type { EndpointConfig } from '../config/index.js';
import { AuthGuard } from '../auth/auth.guard.js';
import { RouteGuard } from '../http/route.guard.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { ServiceDirectory, serviceNamed, type Services } from '../services/index.js';
import { CurrentEndpoint } from '../http/current-endpoint.js';
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
    const begun = systemClock.elapsed();
    const reports = await this.check.run([...toldOf(this.directory.services, endpoint).values()]);
    const duration = Math.round(systemClock.elapsed() - begun);
    const states = reports.map(({ state }) => state);
    applyStatus(reply, endpoint, states);
    return healthAnswers.services.of(endpoint)({ ...this.facts.now(config), words: endpoint.words, state: wholeOf(states, endpoint), reports, duration });
  }

  @Get('service')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How one service is' })
  @ApiParam({ name: 'service', description: 'Name of the service' })
  @ApiOkResponse({ description: 'The service and its targets.' })
  @ApiNotFoundResponse({ description: 'There is no service of that name.' })
  async service(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const { config, endpoint, exchange } = this.current.of(request);
    const [report] = await this.check.run([serviceNamed(decoded(exchange.params['service'] ?? ''), toldOf(this.directory.services, endpoint))]) as [ServiceReport];
    applyStatus(reply, endpoint, [report.state]);
    return healthAnswers.service.of(endpoint)({ ...this.facts.now(config), words: endpoint.words, report });
  }
}

/** The services that an endpoint is about. */
function toldOf(all: Services, { services }: EndpointConfig): Services {
  return services === undefined ? all : new Map([...all].filter(([name]) => services.includes(name)));
}

function wholeOf(states: readonly State[], { someDown }: EndpointConfig): State {
  return someDown === 'down' && states.includes('down') ? 'down' : stateOf(states);
}

function applyStatus(reply: FastifyReply, { status }: EndpointConfig, states: readonly State[]): void {
  if (typeof status !== 'number' && states.includes('down')) void reply.status(status.down);
}

/** Parameters keep their percent-encoding. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
