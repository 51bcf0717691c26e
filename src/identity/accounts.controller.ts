import { Controller, Get, Header, HttpCode, Patch, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse, ApiForbiddenResponse, ApiOkResponse, ApiOperation, ApiTags, ApiTooManyRequestsResponse, ApiUnauthorizedResponse, ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problems, type Exchange } from '#libs/kernel';
import { AuthGuard } from '../auth/auth.guard.js';
import { exchangeOf } from '../http/exchange-of.js';
import { readJson } from '../http/read-json.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { changeBody, loginBody, profileBody, registerBody, resetBody, tokenBody, whoBody } from './account-bodies.js';
import { invalidField } from './accounts/logins.js';
import type { Grant } from './contracts.js';
import { callerOf, IdentityService } from './identity.service.js';
import type { AnswerName } from './shape-settings.js';

const DONE = 200;
const CREATED = 201;
const ACCEPTED = 202;
const NOTHING_TO_TELL = 204;
const NOBODY = { account: null, grant: null } as const;

/** `identity`: making an account, signing in, and proving who one is. */
@ApiTags('Identity')
@Controller(`${ENDPOINT_PREFIX}/identity`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class AccountsController {
  constructor(private readonly identity: IdentityService) {}

  @Post('register')
  @HttpCode(CREATED)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make an account' })
  @ApiCreatedResponse({ description: 'The account, and tokens where that signs in.' })
  @ApiAcceptedResponse({ description: 'Where the file keeps secret who has an account: a mail is on its way.' })
  @ApiForbiddenResponse({ description: 'Nobody can register here, or give himself this role.' })
  @ApiConflictResponse({ description: problems.accountExists.title })
  @ApiUnprocessableEntityResponse({ description: 'A field is wrong, or the password is too weak.' })
  async register(@Req() { raw }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const exchange = exchangeOf(raw);
    const { accounts, accounts: { shapes } } = this.identity.current;
    const { account, grant } = await accounts.register(await readJson(exchange, shapes.body(registerBody)), callerOf(exchange));
    if (account !== null) return shapes.answer('register', { account, grant: this.#told(grant, reply) });
    void reply.status(ACCEPTED);
    return shapes.answer('accepted', NOBODY);
  }

  @Post('login')
  @HttpCode(DONE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Sign in' })
  @ApiOkResponse({ description: 'An access token and a refresh token.' })
  @ApiUnauthorizedResponse({ description: 'The login or the password is not right; which one is not told.' })
  @ApiForbiddenResponse({ description: 'The password is right, but the account is closed, or its address is not verified.' })
  @ApiTooManyRequestsResponse({ description: problems.accountLocked.title })
  async login(@Req() { raw }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const exchange = exchangeOf(raw);
    const { accounts, accounts: { shapes }, sessions: { config } } = this.identity.current;
    const grant = await accounts.login(await readJson(exchange, shapes.body(loginBody(config.loginBy))), callerOf(exchange));
    return shapes.answer('login', { account: grant.account, grant: this.#told(grant, reply) });
  }

  @Get('me')
  @Header('cache-control', 'no-store')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'One’s own account' })
  @ApiOkResponse({ description: 'The account.' })
  async me(@Req() { raw }: FastifyRequest): Promise<unknown> {
    const { account } = await this.identity.signedIn(exchangeOf(raw));
    const { accounts } = this.identity.current;
    return accounts.shapes.answer('me', { account: await accounts.me(account), grant: null });
  }

  @Patch('me')
  @Header('cache-control', 'no-store')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Change the name and the further fields of one’s own account' })
  @ApiOkResponse({ description: 'The account as it is now.' })
  async update(@Req() { raw }: FastifyRequest): Promise<unknown> {
    const exchange = exchangeOf(raw);
    const { account: id } = await this.identity.signedIn(exchange);
    const { accounts } = this.identity.current;
    const account = await accounts.updateMe(id, await readJson(exchange, accounts.shapes.body(profileBody)), callerOf(exchange));
    return accounts.shapes.answer('me', { account, grant: null });
  }

  @Post('password')
  @Header('cache-control', 'no-store')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Change the password', description: 'All other sessions of the account end.' })
  @ApiOkResponse({ description: 'Done; 204 where the file has no body for it.' })
  @ApiUnprocessableEntityResponse({ description: 'The present password is not right, or the new one is too weak.' })
  async changePassword(@Req() { raw }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const exchange = exchangeOf(raw);
    const who = await this.identity.signedIn(exchange);
    const { accounts } = this.identity.current;
    const { currentPassword: current, newPassword: next } = await readJson(exchange, accounts.shapes.body(changeBody));
    await accounts.changePassword(who, { current, next }, callerOf(exchange));
    return this.#done('password', reply);
  }

  @Post('verify')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Prove that an address is one’s own, by the token of a mail' })
  @ApiOkResponse({ description: 'Done; 204 where the file has no body for it.' })
  @ApiUnprocessableEntityResponse({ description: problems.spentToken.title })
  async verify(@Req() { raw }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const exchange = exchangeOf(raw);
    const { accounts } = this.identity.current;
    const { token } = await readJson(exchange, accounts.shapes.body(tokenBody));
    await accounts.verify(token, callerOf(exchange));
    return this.#done('verify', reply);
  }

  @Post('verify/request')
  @HttpCode(ACCEPTED)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Ask for another mail that proves an address' })
  @ApiAcceptedResponse({ description: 'Whether there is such an account or not.' })
  async requestVerification(@Req() { raw }: FastifyRequest): Promise<unknown> {
    const { accounts } = this.identity.current;
    await accounts.requestVerification(await this.#loginIn(exchangeOf(raw)));
    return accounts.shapes.answer('accepted', NOBODY);
  }

  @Post('reset')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Choose another password, by the token of a mail', description: 'All sessions of the account end.' })
  @ApiOkResponse({ description: 'Done; 204 where the file has no body for it.' })
  @ApiUnprocessableEntityResponse({ description: 'The token is not good any more, or the password is too weak.' })
  async reset(@Req() { raw }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const exchange = exchangeOf(raw);
    const { accounts, sessions: { config: { fields } } } = this.identity.current;
    const { newPassword, password, token } = await readJson(exchange, accounts.shapes.body(resetBody));
    const next = { password: newPassword ?? password ?? '', field: (newPassword === undefined ? fields.password : fields.newPassword)[0] as string };
    if (next.password === '') throw invalidField(next.field, 'expected a password');
    await accounts.reset(token, next, callerOf(exchange));
    return this.#done('reset', reply);
  }

  @Post('reset/request')
  @HttpCode(ACCEPTED)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Ask for a mail to choose another password' })
  @ApiAcceptedResponse({ description: 'Whether there is such an account or not.' })
  async requestReset(@Req() { raw }: FastifyRequest): Promise<unknown> {
    const exchange = exchangeOf(raw);
    const { accounts } = this.identity.current;
    await accounts.requestReset(await this.#loginIn(exchange), callerOf(exchange));
    return accounts.shapes.answer('accepted', NOBODY);
  }

  #loginIn(exchange: Exchange): Promise<string> {
    const { accounts: { shapes }, sessions: { config } } = this.identity.current;
    return readJson(exchange, shapes.body(whoBody(config.loginBy)));
  }

  /** The grant as the body tells it; with cookies, the refresh token goes into one. */
  #told(grant: Grant | null, reply: FastifyReply): Partial<Grant> | null {
    const { cookie } = this.identity.current.sessions;
    if (grant === null || cookie === null) return grant;
    void reply.header('set-cookie', cookie.set(grant));
    return cookie.told(grant);
  }

  #done(name: AnswerName, reply: FastifyReply): unknown {
    const answer = this.identity.current.accounts.shapes.answer(name, NOBODY);
    void reply.status(answer === undefined ? NOTHING_TO_TELL : DONE);
    return answer;
  }
}
