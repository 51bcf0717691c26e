import { Controller, Delete, Get, Header, Put, Req, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import { LOG_LEVELS } from '../config/index.js';
import { exchangeOf } from '../http/exchange-of.js';
import { readJson } from '../http/read-json.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { askedLevel, LogService, type JoinedLevelView } from './log.service.js';

/** `admin`: how much is logged. */
@ApiTags('Admin')
@Controller(`${ENDPOINT_PREFIX}/admin/log`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class LogController {
  constructor(private readonly log: LogService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The log level' })
  @ApiOkResponse({ description: 'The level in force, what the file says, and when that holds again; where workers differ, each one’s word is told.' })
  view(): Promise<JoinedLevelView> {
    return this.log.view();
  }

  @Put()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Change the log level for a while', description: 'In all workers, also in those that take the place of others. `for` is a duration such as 10m, a day at most; without it ten minutes. Then what the file says holds again, by itself.' })
  @ApiBody({ schema: { type: 'object', required: ['level'], properties: { level: { type: 'string', enum: [...LOG_LEVELS] }, for: { type: 'string' } } } })
  @ApiOkResponse({ description: 'The level as it is now.' })
  @ApiUnprocessableEntityResponse({ description: 'There is no such level, or the time is none.' })
  async set(@Req() { raw }: FastifyRequest): Promise<JoinedLevelView> {
    const exchange = exchangeOf(raw);
    return this.log.set(exchange, await readJson(exchange, askedLevel));
  }

  @Delete()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Go back to the log level of the file at once' })
  @ApiOkResponse({ description: 'The level as it is now.' })
  reset(@Req() { raw }: FastifyRequest): Promise<JoinedLevelView> {
    return this.log.reset(exchangeOf(raw));
  }
}
