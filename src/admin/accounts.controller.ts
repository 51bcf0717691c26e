import { Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConflictResponse, ApiCreatedResponse, ApiForbiddenResponse, ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Problem, problems } from '#libs/kernel';
import { AuthGuard } from '../auth/auth.guard.js';
import { exchangeOf } from '../http/exchange-of.js';
import { readJson } from '../http/read-json.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { changesBody, draftBody } from '../identity/account-bodies.js';
import { viewAccount, type AccountView } from '../identity/accounts/account-view.js';
import type { Actor } from '../identity/accounts/index.js';
import type { Account } from '../identity/contracts.js';
import { callerOf, IdentityService } from '../identity/identity.service.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { AccountRights } from './account-rights.js';
import { pageSize, textOf, type Parameters } from './parameters.js';

const NOTHING_TO_TELL = 204;

const ACCOUNT = { name: 'account', description: 'Id of the account' } as const;
const NAMES = { type: 'array', items: { type: 'string' } } as const;
const RIGHTS = { roles: NAMES, permissions: NAMES, active: { type: 'boolean' } } as const;
const TEXT = { type: 'string' } as const;

interface Page {
  readonly accounts: readonly AccountView[];
  readonly total: number;
  readonly next: string | null;
}

/** `admin`: who has an account, and what they may. */
@ApiTags('Admin')
@Controller(`${ENDPOINT_PREFIX}/admin/accounts`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class AdminAccountsController {
  constructor(
    private readonly identity: IdentityService,
    private readonly rights: AccountRights,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Accounts, oldest first' })
  @ApiQuery({ name: 'search', required: false, description: 'Text within the login, the address or the name' })
  @ApiQuery({ name: 'role', required: false, description: 'Only those with this role' })
  @ApiQuery({ name: 'active', required: false, description: '`true` or `false`: only those that are active, or not' })
  @ApiQuery({ name: 'after', required: false, description: '`next` of the page before' })
  @ApiQuery({ name: 'limit', required: false, description: 'Most on a page, 200 at most; 50 unless it says' })
  @ApiOkResponse({ description: 'A page of them, how many there are on all pages, and where the next one begins (`null` on the last).' })
  async list(@Query() query: Parameters): Promise<Page> {
    const { search, role, after } = { search: textOf(query, 'search'), role: textOf(query, 'role'), after: textOf(query, 'after') };
    const page = await this.identity.current.store.list({ search, role, after, active: flagOf(query), limit: pageSize(query) });
    return { ...page, accounts: page.accounts.map(viewAccount) };
  }

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make an account', description: 'Without a password, a mail to choose one goes out. `passwordHash` takes over a hash of another program (argon2id as a PHC string, or bcrypt).' })
  @ApiBody({ schema: { type: 'object', properties: { email: TEXT, username: TEXT, name: TEXT, password: TEXT, passwordHash: TEXT, verified: { type: 'boolean' }, attributes: { type: 'object' }, ...RIGHTS } } })
  @ApiCreatedResponse({ description: 'The account.' })
  @ApiConflictResponse({ description: problems.accountExists.title })
  @ApiForbiddenResponse({ description: 'It could do what its maker cannot.' })
  @ApiUnprocessableEntityResponse({ description: 'A field is wrong, or the password is too weak.' })
  async create(@Req() { raw }: FastifyRequest): Promise<AccountView> {
    const exchange = exchangeOf(raw);
    const { accounts } = this.identity.current;
    const draft = await readJson(exchange, draftBody);
    this.rights.permitGiving(exchange, draft);
    return viewAccount(await accounts.create(draft, this.#actor(raw)));
  }

  @Get(':account')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'One account' })
  @ApiParam(ACCOUNT)
  @ApiNotFoundResponse({ description: problems.unknownAccount.title })
  async find(@Param('account') id: string): Promise<AccountView> {
    return viewAccount(await this.#existing(id));
  }

  @Patch(':account')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Give an account other roles or permissions, close it, or open it again', description: 'Where something is taken away, all its sessions end.' })
  @ApiParam(ACCOUNT)
  @ApiBody({ schema: { type: 'object', properties: RIGHTS } })
  @ApiOkResponse({ description: 'The account as it is now.' })
  @ApiForbiddenResponse({ description: 'It can do what the caller cannot, or could then, or it is one’s own.' })
  @ApiNotFoundResponse({ description: problems.unknownAccount.title })
  async change(@Req() { raw }: FastifyRequest, @Param('account') id: string): Promise<AccountView> {
    const exchange = exchangeOf(raw);
    const { active, ...rights } = await readJson(exchange, changesBody);
    const { accounts } = this.identity.current;
    this.rights.permitTouching(exchange, await this.#existing(id));
    this.rights.permitGiving(exchange, rights);
    const by = this.#actor(raw);
    // Closing comes first: it takes more away than the rest could give.
    let account = active === undefined ? null : await accounts.setActive(id, active, by);
    if (rights.roles !== undefined || rights.permissions !== undefined) account = await accounts.setRights(id, rights, by);
    return account === null ? this.find(id) : viewAccount(account);
  }

  @Delete(':account')
  @HttpCode(NOTHING_TO_TELL)
  @ApiOperation({ summary: 'Remove an account', description: 'Its sessions end, and it is gone for good.' })
  @ApiParam(ACCOUNT)
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiForbiddenResponse({ description: 'It can do what the caller cannot, or it is one’s own.' })
  @ApiNotFoundResponse({ description: problems.unknownAccount.title })
  async remove(@Req() { raw }: FastifyRequest, @Param('account') id: string): Promise<void> {
    const { accounts } = this.identity.current;
    this.rights.permitTouching(exchangeOf(raw), await this.#existing(id));
    await accounts.remove(id, this.#actor(raw));
  }

  async #existing(id: string): Promise<Account> {
    const account = await this.identity.current.store.find(id);
    if (account === null) throw new Problem(problems.unknownAccount, 'There is no account of this id.');
    return account;
  }

  /** The administrator. */
  #actor(raw: FastifyRequest['raw']): Actor {
    const exchange = exchangeOf(raw);
    const { principal } = exchange;
    return { caller: callerOf(exchange), actor: principal && `${principal.authenticator}:${principal.id}` };
  }
}

function flagOf(query: Parameters): boolean | undefined {
  const text = textOf(query, 'active');
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Problem(problems.unprocessable, 'The parameter "active" is neither "true" nor "false"');
}
