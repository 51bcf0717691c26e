import { Controller, Get, Header, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { parseDuration, Problem, problems } from '#libs/kernel';
import { AuthGuard } from '../auth/auth.guard.js';
import { RouteGuard } from '../http/route.guard.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { AdminService } from './admin.service.js';
import type { JoinedView } from './service-view.js';

const DONE = 200;
/** Milliseconds a breaker opened by hand stays open unless the call says otherwise. */
const OPEN_FOR = 300_000;
/** A day: whoever means longer takes the route out of the file. */
const OPEN_AT_MOST = 86_400_000;

const SERVICE = { name: 'service', description: 'Name of the service' } as const;
const TARGET = { name: 'target', description: 'Address of the target, or its host and port as logs name it' } as const;
const ROUTE = { name: 'route', required: false, description: 'Route whose own circuit breaker is meant; without it, that of the service' } as const;

/** `admin`: what an operator sees and does by hand while the gateway runs. What is done holds in every worker until it is undone or the process ends. */
@ApiTags('Admin')
@Controller(`${ENDPOINT_PREFIX}/admin`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class AdminController {
  constructor(private readonly admin: AdminService) {}

  @Get('services')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Every service: its targets, circuit breakers and what its registry says', description: 'Requests under way add up over the workers; where workers differ, each one’s word is told.' })
  @ApiOkResponse({ description: 'By name.' })
  services(): Promise<Readonly<Record<string, JoinedView>>> {
    return this.admin.services();
  }

  @Get('services/:service')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'One service' })
  @ApiParam(SERVICE)
  @ApiNotFoundResponse({ description: 'There is no service of that name.' })
  service(@Param('service') service: string): Promise<JoinedView> {
    return this.admin.service(service);
  }

  @Post('services/:service/drain')
  @HttpCode(DONE)
  @ApiOperation({ summary: 'Take a target out', description: 'It gets no more requests; those under way end in peace.' })
  @ApiParam(SERVICE)
  @ApiQuery(TARGET)
  drain(@Param('service') service: string, @Query('target') target?: string): Promise<JoinedView> {
    return this.admin.command({ do: 'drain', service, target: needed('target', target) });
  }

  @Post('services/:service/restore')
  @HttpCode(DONE)
  @ApiOperation({ summary: 'Give a target requests again that was taken out by hand' })
  @ApiParam(SERVICE)
  @ApiQuery(TARGET)
  restore(@Param('service') service: string, @Query('target') target?: string): Promise<JoinedView> {
    return this.admin.command({ do: 'restore', service, target: needed('target', target) });
  }

  @Post('services/:service/breaker/open')
  @HttpCode(DONE)
  @ApiOperation({ summary: 'Open a circuit breaker', description: 'Every request is refused with 503 until the time is over; then trials decide as ever.' })
  @ApiParam(SERVICE)
  @ApiQuery(ROUTE)
  @ApiQuery({ name: 'for', required: false, description: 'How long, such as 30s or 10m; five minutes unless it says, a day at most' })
  open(@Param('service') service: string, @Query('route') route?: string, @Query('for') text?: string): Promise<JoinedView> {
    return this.admin.command({ do: 'open', service, route: route ?? null, duration: durationOf(text) });
  }

  @Post('services/:service/breaker/close')
  @HttpCode(DONE)
  @ApiOperation({ summary: 'Close a circuit breaker', description: 'What it counted is forgotten.' })
  @ApiParam(SERVICE)
  @ApiQuery(ROUTE)
  close(@Param('service') service: string, @Query('route') route?: string): Promise<JoinedView> {
    return this.admin.command({ do: 'close', service, route: route ?? null });
  }

  @Post('reload')
  @HttpCode(DONE)
  @ApiOperation({ summary: 'Load the configuration again', description: 'What is wrong changes nothing and is told.' })
  @ApiOkResponse({ description: 'What became of it.' })
  reload(): ReturnType<AdminService['reload']> {
    return this.admin.reload();
  }
}

function needed(name: string, value: string | undefined): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Problem(problems.unprocessable, `The parameter "${name}" is missing`);
}

function durationOf(text: string | undefined): number {
  if (text === undefined) return OPEN_FOR;
  const duration = typeof text === 'string' ? parseDuration(text) : undefined;
  if (duration !== undefined && duration > 0 && duration <= OPEN_AT_MOST) return duration;
  throw new Problem(problems.unprocessable, 'The parameter "for" is not a duration between 1ms and 24h, such as 30s or 10m');
}
