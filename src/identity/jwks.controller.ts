import { createHash } from 'node:crypto';
import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { IdentityService } from './identity.service.js';

const NOT_MODIFIED = 304;

/** `jwks`: what others verify tokens of this gateway with. */
@ApiTags('Gateway')
@Controller(ENDPOINT_PREFIX)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class JwksController {
  constructor(private readonly identity: IdentityService) {}

  @Get('jwks')
  @ApiOperation({ summary: 'The public keys of this gateway', description: 'Those that sign, are about to, or signed what may still be good. Keep it no longer than Cache-Control says: a new key is here before it signs.' })
  @ApiOkResponse({ description: 'A JWK set (RFC 7517).' })
  keys(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    const { tokens } = this.identity.current;
    const body = JSON.stringify(tokens.keySet());
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    void reply.header('content-type', 'application/jwk-set+json').header('cache-control', `public, max-age=${Math.floor(tokens.keySetLifetime / 1_000)}`).header('etag', tag);
    if (!names(request.headers['if-none-match'], tag)) return body;
    void reply.status(NOT_MODIFIED);
    return '';
  }
}

/** RFC 9110 13.1.2: weak comparison. */
function names(field: string | undefined, tag: string): boolean {
  return field !== undefined && field.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === tag);
}
