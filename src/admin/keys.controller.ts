import { Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiForbiddenResponse, ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { problems } from '#libs/kernel';
import { AuthGuard } from '../auth/auth.guard.js';
import { exchangeOf } from '../http/exchange-of.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import type { KeyView } from '../identity/keys/index.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { KeysService, type KeyPageView, type MadeKeyView } from './keys.service.js';
import { pageSize, textOf, type Parameters } from './parameters.js';

const DONE = 200;
const NOTHING_TO_TELL = 204;

const KEY = { name: 'key', description: 'Id of the key' } as const;
const TEXT = { type: 'string' } as const;
const NAMES = { type: 'array', items: TEXT } as const;
const LIMIT = { anyOf: [TEXT, { type: 'object', required: ['rate'], properties: { use: TEXT, rate: TEXT, burst: { type: 'integer' }, zone: TEXT } }] };
const RIGHTS = { name: TEXT, roles: NAMES, permissions: NAMES, scopes: NAMES, limits: { type: 'array', items: LIMIT }, expiresIn: { type: 'string', nullable: true } };

/** `admin`: API keys. */
@ApiTags('Admin')
@Controller(`${ENDPOINT_PREFIX}/admin/keys`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'API keys, oldest first', description: 'Those that ended are told of for 30 days. No text of any key.' })
  @ApiQuery({ name: 'owner', required: false, description: 'Only those of this owner' })
  @ApiQuery({ name: 'after', required: false, description: '`next` of the page before' })
  @ApiQuery({ name: 'limit', required: false, description: 'Most on a page, 200 at most; 50 unless it says' })
  @ApiOkResponse({ description: 'A page of them, how many there are on all pages, and where the next one begins (`null` on the last).' })
  list(@Query() query: Parameters): Promise<KeyPageView> {
    return this.keys.list({ owner: textOf(query, 'owner'), after: textOf(query, 'after'), limit: pageSize(query) });
  }

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make an API key', description: 'Its text, `key`, is told this once. Whoever is not the superuser can give it only what they have themselves. `expiresIn` is a duration such as 90d; without it the key is good for ever.' })
  @ApiBody({ schema: { type: 'object', required: ['name'], properties: { ...RIGHTS, owner: TEXT } } })
  @ApiCreatedResponse({ description: 'The key. It is good in all workers, and in all instances within a second.' })
  @ApiForbiddenResponse({ description: 'It could do what its maker cannot.' })
  @ApiUnprocessableEntityResponse({ description: 'A field is wrong, or there are as many keys as there may be.' })
  create(@Req() { raw }: FastifyRequest): Promise<MadeKeyView> {
    return this.keys.create(exchangeOf(raw));
  }

  @Get(':key')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'One API key' })
  @ApiParam(KEY)
  @ApiNotFoundResponse({ description: problems.unknownKey.title })
  find(@Param('key') id: string): Promise<KeyView> {
    return this.keys.find(id);
  }

  @Post(':key/rotate')
  @HttpCode(DONE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Give a key another text', description: 'The one it has now is good for `overlap`, such as 1h; without it as long as the file says (`apiKeys.overlap`). 0s ends it at once. One from an earlier rotation is over in any case.' })
  @ApiParam(KEY)
  @ApiBody({ schema: { type: 'object', properties: { overlap: TEXT } } })
  @ApiOkResponse({ description: 'The key with its new text, which is told this once.' })
  @ApiNotFoundResponse({ description: problems.unknownKey.title })
  @ApiForbiddenResponse({ description: 'It can do what the caller cannot.' })
  rotate(@Req() { raw }: FastifyRequest, @Param('key') id: string): Promise<MadeKeyView> {
    return this.keys.rotate(exchangeOf(raw), id);
  }

  @Patch(':key')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Change what a key may, what it is called, or when it ends', description: 'What is not named stays. `expiresIn` counts from now; `null` is never.' })
  @ApiParam(KEY)
  @ApiBody({ schema: { type: 'object', properties: RIGHTS } })
  @ApiOkResponse({ description: 'The key as it is now.' })
  @ApiNotFoundResponse({ description: problems.unknownKey.title })
  @ApiForbiddenResponse({ description: 'It could do what the caller cannot.' })
  change(@Req() { raw }: FastifyRequest, @Param('key') id: string): Promise<KeyView> {
    return this.keys.change(exchangeOf(raw), id);
  }

  @Delete(':key')
  @HttpCode(NOTHING_TO_TELL)
  @ApiOperation({ summary: 'Revoke a key', description: 'For good, in all workers before this is answered, and in all instances within a second.' })
  @ApiParam(KEY)
  @ApiNoContentResponse({ description: 'It is good no more.' })
  @ApiNotFoundResponse({ description: problems.unknownKey.title })
  revoke(@Req() { raw }: FastifyRequest, @Param('key') id: string): Promise<void> {
    return this.keys.revoke(exchangeOf(raw), id);
  }
}
