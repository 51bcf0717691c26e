import { Controller, Get, Header, HttpCode, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problems, systemClock } from '#libs/kernel';
import { AuthGuard } from '../auth/auth.guard.js';
import { CurrentEndpoint, type EndpointRequest } from '../http/current-endpoint.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { analyticsAnswers } from './answer.js';
import { toCsv } from './csv.js';
import { AnalyticsRecorder } from './recorder.js';

const DONE = 200;
const USUAL_NAMES = 100;
const MOST_NAMES = 1_000;
const CSV = 'text/csv; charset=utf-8';

/** `analytics`: who calls what, how often and how fast, since when. */
@ApiTags('Analytics')
@Controller(`${ENDPOINT_PREFIX}/analytics`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class AnalyticsController {
  constructor(
    private readonly current: CurrentEndpoint,
    private readonly recorder: AnalyticsRecorder,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Who calls what, how often and how fast', description: 'Of all workers together. JSON, or CSV where the path ends so, `format` or the Accept header asks for it.' })
  @ApiQuery({ name: 'format', required: false, enum: ['json', 'csv'] })
  @ApiQuery({ name: 'top', required: false, description: `Names of each kind that are told one by one, the rest together; ${USUAL_NAMES} unless it says, ${MOST_NAMES} at most`, schema: { type: 'integer' } })
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({ description: 'The counts.' })
  async counts(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Query('top') text?: string): Promise<unknown> {
    const { config, endpoint, exchange } = this.current.of(request);
    const names = namesOf(text);
    const scope = { ...(await this.recorder.counts()), info: config.info, now: systemClock.now(), names };
    const answer = analyticsAnswers.of(endpoint)(scope);
    void reply.header('vary', 'Accept');
    if (!wantsCsv({ endpoint, exchange })) return answer;
    void reply.header('content-type', CSV);
    return toCsv(answer);
  }

  @Post('reset')
  @HttpCode(DONE)
  @ApiOperation({ summary: 'Begin to count anew', description: 'In all workers.' })
  @ApiOkResponse({ description: 'Since when.' })
  async reset(): Promise<{ since: string }> {
    return { since: new Date(await this.recorder.reset()).toISOString() };
  }
}

/** The ending of the path decides, then `format`, then `Accept`, then the file. */
function wantsCsv({ endpoint, exchange: { headers, path, query } }: Pick<EndpointRequest, 'endpoint' | 'exchange'>): boolean {
  const asked = /\.(json|csv)$/i.exec(path)?.[1] ?? new URLSearchParams(query).get('format');
  if (asked !== null) return asked.toLowerCase() === 'csv';
  const { accept = '' } = headers;
  if (/\btext\/csv\b/i.test(accept)) return true;
  return endpoint.format === 'csv' && !/\bapplication\/json\b/i.test(accept);
}

function namesOf(text: unknown): number {
  if (text === undefined) return USUAL_NAMES;
  const names = typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (names >= 1 && names <= MOST_NAMES) return names;
  throw new Problem(problems.unprocessable, `The parameter "top" is not a number from 1 to ${MOST_NAMES}`);
}
