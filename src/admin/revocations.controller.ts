import { hash } from 'node:crypto';
import { Controller, Get, Header, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { events, systemClock } from '#libs/kernel';
import { AuthGuard } from '../auth/auth.guard.js';
import type { Revocation } from '../auth/revocations.js';
import { exchangeOf } from '../http/exchange-of.js';
import { readJson } from '../http/read-json.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { askedRevocation, revocationsOf } from '../identity/revocations/asked-revocation.js';
import { KeptRevocations } from '../identity/revocations/index.js';
import { RateLimitGuard } from '../rate-limit/index.js';

const DONE = 200;
/** Revocations told at once. */
const SHOWN = 1_000;

/** `admin`: tokens called back before their time. */
@ApiTags('Admin')
@Controller(`${ENDPOINT_PREFIX}/admin/revocations`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class RevocationsController {
  constructor(private readonly revocations: KeptRevocations) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What is revoked now' })
  @ApiOkResponse({ description: 'How many there are, and the first thousand of them.' })
  list(): { readonly total: number; readonly revocations: readonly Revocation[] } {
    const all = this.revocations.list();
    return { total: all.length, revocations: all.slice(0, SHOWN) };
  }

  @Post()
  @HttpCode(DONE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Revoke a token, a session, or all that somebody has', description: '`kind`: `token` with its `jti` or its text as `subject`, `session` with its id, or `owner` with `account:id`, or `authenticator:id` for callers of other issuers: all they were given before now. `for` is how long, such as 12h; without it until the token ends, where its text says so, else 30d. It has to be as long as what is revoked could live.' })
  @ApiBody({ schema: { type: 'object', required: ['kind', 'subject'], properties: { kind: { type: 'string', enum: ['token', 'session', 'owner'] }, subject: { type: 'string' }, for: { type: 'string' } } } })
  @ApiOkResponse({ description: 'What is revoked. All workers go by it, and all instances within a second.' })
  async revoke(@Req() { raw }: FastifyRequest): Promise<Revocation> {
    const exchange = exchangeOf(raw);
    const asked = revocationsOf(await readJson(exchange, askedRevocation), systemClock.now());
    const [revocation] = asked;
    for (const each of asked) await this.revocations.revoke(each);
    const { client, id, principal } = exchange;
    events.audited.publish({
      action: 'revoke', outcome: 'done', actor: principal && `${principal.authenticator}:${principal.id}`, subject: subjectOf(revocation),
      client, requestId: id, details: { expiresAt: revocation.expiresAt },
    });
    return revocation;
  }
}

/** A token may have been told by its text, which is not to be written down; ids that look like ids are. */
function subjectOf({ kind, subject }: Revocation): string {
  if (kind === 'owner') return subject;
  return kind === 'session' || /^[\da-f-]{1,36}$/.test(subject) ? `${kind}:${subject}` : `${kind}:sha256:${hash('sha256', subject).slice(0, 16)}`;
}
