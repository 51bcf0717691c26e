import { Controller, Get, Header, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { AuthGuard } from '../auth/auth.guard.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { CacheService, type JoinedCacheView, type PurgeOutcome } from './cache.service.js';

const DONE = 200;

/** `admin`: what is kept of the services' answers. */
@ApiTags('Admin')
@Controller(`${ENDPOINT_PREFIX}/admin/cache`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class CacheController {
  constructor(private readonly cache: CacheService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How full the cache is, and what it did', description: 'Sums over the workers; sizes in bytes. An answer that several workers have in memory counts in each.' })
  @ApiOkResponse({ description: 'Entries, bytes, evictions, requests by what the cache did, and why Redis is not asked (`off` where it is not used, `null` where it is).' })
  view(): Promise<JoinedCacheView> {
    return this.cache.view();
  }

  @Post('purge')
  @HttpCode(DONE)
  @ApiOperation({ summary: 'Take answers out of the cache', description: 'In all workers, and with Redis in all instances. While Redis is away it is done there as soon as it is back.' })
  @ApiQuery({ name: 'key', required: false, description: 'URL as clients ask for it, such as https://example.org/a?b=1: all that is kept for it, whoever asked' })
  @ApiQuery({ name: 'prefix', required: false, description: 'What URLs begin with: https://example.org/a/, example.org/a/, or /a/ for every host' })
  @ApiQuery({ name: 'tag', required: false, description: 'A tag, or several with commas between them: all that has one of them' })
  @ApiOkResponse({ description: 'How many records there were in memory and in Redis; `redis` is `null` where there is none, or it is away.' })
  @ApiUnprocessableEntityResponse({ description: 'Not exactly one of the parameters.' })
  purge(@Query('key') key?: string, @Query('prefix') prefix?: string, @Query('tag') tag?: string): Promise<PurgeOutcome> {
    return this.cache.purge({ key, prefix, tag });
  }
}
