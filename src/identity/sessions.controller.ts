import { Controller, Delete, Get, Header, HttpCode, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiForbiddenResponse, ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problems } from '#libs/kernel';
import { AuthGuard } from '../auth/auth.guard.js';
import { exchangeOf } from '../http/exchange-of.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { callerOf, IdentityService } from './identity.service.js';
import { leavingOf, presentedIn } from './sessions/presented.js';
import { viewSession, type SessionView } from './sessions/session-view.js';
import { shapesOf } from './shapes.js';

const DONE = 200;
const NOTHING_TO_TELL = 204;
const NOBODY = { account: null, grant: null } as const;

/** `identity`: how a login goes on and ends. */
@ApiTags('Identity')
@Controller(`${ENDPOINT_PREFIX}/identity`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class SessionsController {
  constructor(private readonly identity: IdentityService) {}

  @Post('refresh')
  @HttpCode(DONE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Exchange a refresh token for new tokens', description: 'The token comes in the body, or as a cookie where the file says so; it is good once.' })
  @ApiOkResponse({ description: 'An access token and the next refresh token.' })
  @ApiUnauthorizedResponse({ description: 'The token is not good, whatever the reason. One that was used before ends its session.' })
  @ApiForbiddenResponse({ description: 'The cookie came from a page of another origin.' })
  async refresh(@Req() { raw }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const exchange = exchangeOf(raw);
    const { sessions } = this.identity.current;
    const shapes = shapesOf(sessions.config);
    const { by, refreshToken } = await presentedIn(exchange, sessions, shapes);
    const grant = await sessions.refresh(refreshToken, callerOf(exchange));
    const { cookie } = sessions;
    if (cookie === null || by === 'body') return shapes.answer('refresh', { account: grant.account, grant });
    void reply.header('set-cookie', cookie.set(grant));
    return shapes.answer('refresh', { account: grant.account, grant: cookie.told(grant) });
  }

  @Post('logout')
  @Header('cache-control', 'no-store')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Sign out', description: 'By the access token, a refresh token, or both. Once more does no harm.' })
  @ApiOkResponse({ description: 'Done; 204 where the file has no body for it.' })
  @ApiUnauthorizedResponse({ description: 'No token came, or an access token alone that is not good.' })
  async logout(@Req() { raw }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const exchange = exchangeOf(raw);
    const { sessions } = this.identity.current;
    const shapes = shapesOf(sessions.config);
    const leaving = await leavingOf(exchange, { sessions, shapes, signedIn: () => this.identity.signedIn(exchange) });
    await sessions.leave(leaving, callerOf(exchange));
    if (sessions.cookie !== null) void reply.header('set-cookie', sessions.cookie.cleared);
    const answer = shapes.answer('logout', NOBODY);
    void reply.status(answer === undefined ? NOTHING_TO_TELL : DONE);
    return answer;
  }

  @Get('sessions')
  @Header('cache-control', 'no-store')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Where one is signed in', description: 'One’s own sessions, the newest first.' })
  @ApiOkResponse({ description: 'The sessions; `current` is the one that asks.' })
  async list(@Req() { raw }: FastifyRequest): Promise<{ readonly sessions: readonly SessionView[] }> {
    const { account, session } = await this.identity.signedIn(exchangeOf(raw));
    const sessions = await this.identity.current.sessions.list(account);
    return { sessions: sessions.map((each) => viewSession(each, session)) };
  }

  @Delete('sessions/:id')
  @HttpCode(NOTHING_TO_TELL)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'End one of one’s own sessions' })
  @ApiParam({ name: 'id', description: 'Id of the session' })
  @ApiNoContentResponse({ description: 'It is over, and so are its tokens.' })
  @ApiNotFoundResponse({ description: 'One has no such session.' })
  async end(@Req() { raw }: FastifyRequest, @Param('id') id: string): Promise<void> {
    const exchange = exchangeOf(raw);
    const { account } = await this.identity.signedIn(exchange);
    const { sessions } = this.identity.current;
    const found = await sessions.find(id);
    if (found?.accountId !== account) throw new Problem(problems.unknownSession, 'There is no such session of yours.');
    await sessions.end(id, 'owner', callerOf(exchange));
  }

  @Delete('sessions')
  @HttpCode(DONE)
  @Header('cache-control', 'no-store')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Sign out everywhere else', description: 'Ends all sessions of one’s own but the one that asks.' })
  @ApiOkResponse({ description: 'How many ended.' })
  async endOthers(@Req() { raw }: FastifyRequest): Promise<{ readonly ended: number }> {
    const exchange = exchangeOf(raw);
    const { account, session } = await this.identity.signedIn(exchange);
    return { ended: await this.identity.current.sessions.endAll(account, 'owner', callerOf(exchange), session) };
  }
}
