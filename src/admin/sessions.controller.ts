import { Controller, Delete, Get, Header, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Problem, problems, type Exchange } from '#libs/kernel';
import { AuthGuard } from '../auth/auth.guard.js';
import { exchangeOf } from '../http/exchange-of.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { callerOf, IdentityService } from '../identity/identity.service.js';
import type { Ender } from '../identity/sessions/index.js';
import { viewSession, type SessionView } from '../identity/sessions/session-view.js';
import { RateLimitGuard } from '../rate-limit/index.js';

const DONE = 200;
const NOTHING_TO_TELL = 204;
const ACCOUNT = { name: 'account', description: 'Id of the account' } as const;

/** `admin`: who is signed in, and the end of it. */
@ApiTags('Admin')
@Controller(`${ENDPOINT_PREFIX}/admin`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class AdminSessionsController {
  constructor(private readonly identity: IdentityService) {}

  @Get('accounts/:account/sessions')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Where an account is signed in', description: 'The newest first; none where there is no such account.' })
  @ApiParam(ACCOUNT)
  async list(@Param('account') account: string): Promise<{ readonly sessions: readonly SessionView[] }> {
    const sessions = await this.identity.current.sessions.list(account);
    return { sessions: sessions.map((session) => viewSession(session, null)) };
  }

  @Post('accounts/:account/sessions/end')
  @HttpCode(DONE)
  @ApiOperation({ summary: 'Sign an account out everywhere', description: 'Its access tokens are revoked at once. It may sign in again.' })
  @ApiParam(ACCOUNT)
  @ApiOkResponse({ description: 'How many sessions ended.' })
  async endAll(@Req() { raw }: FastifyRequest, @Param('account') account: string): Promise<{ readonly ended: number }> {
    return { ended: await this.identity.current.sessions.endAll(account, 'admin', enderOf(exchangeOf(raw))) };
  }

  @Delete('sessions/:session')
  @HttpCode(NOTHING_TO_TELL)
  @ApiOperation({ summary: 'End a session', description: 'Its access tokens are revoked at once.' })
  @ApiParam({ name: 'session', description: 'Id of the session' })
  @ApiNoContentResponse({ description: 'It is over.' })
  @ApiNotFoundResponse({ description: 'There is no such session, or it is over.' })
  async end(@Req() { raw }: FastifyRequest, @Param('session') session: string): Promise<void> {
    const { sessions } = this.identity.current;
    if (await sessions.find(session) === null) throw new Problem(problems.unknownSession, 'There is no such session, or it is over.');
    await sessions.end(session, 'admin', enderOf(exchangeOf(raw)));
  }
}

/** The admin, not the owner, did it. */
function enderOf(exchange: Exchange): Ender {
  const { principal } = exchange;
  return { ...callerOf(exchange), ...(principal && { actor: `${principal.authenticator}:${principal.id}` }) };
}
