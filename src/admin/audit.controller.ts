import { Readable } from 'node:stream';
import { Controller, Get, Header, Query, Req, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { events, Problem, problems, systemClock } from '#libs/kernel';
import { AuditDirectory, exported, list, momentOf, parseHead, verify, type AuditPage, type AuditQuery, type AuditView, type NotedHead, type Verdict } from '../audit/index.js';
import { AuthGuard } from '../auth/auth.guard.js';
import { exchangeOf } from '../http/exchange-of.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { pageSize, textOf, type Parameters } from './parameters.js';

const NAMES = ['action', 'actor', 'subject', 'outcome', 'client'] as const;
const MOMENT = 'a moment such as 2030-01-31T12:00:00Z, or how long ago, such as 24h';

/** Every operation takes the same filters. */
function filters(): MethodDecorator {
  const all = [
    ApiQuery({ name: 'action', required: false, description: 'Only this action, or, with a `*` at its end, those that begin so' }),
    ApiQuery({ name: 'actor', required: false, description: 'Only what they did, such as `account:42` or `users:7`' }),
    ApiQuery({ name: 'subject', required: false, description: 'Only what was done to it, such as `account:42` or `route:courses`' }),
    ApiQuery({ name: 'outcome', required: false, description: '`done`, `refused` or `failed`' }),
    ApiQuery({ name: 'client', required: false, description: 'Only from this address' }),
    ApiQuery({ name: 'since', required: false, description: `Not before then: ${MOMENT}` }),
    ApiQuery({ name: 'until', required: false, description: `Before then: ${MOMENT}` }),
  ];
  return (target, key, descriptor) => all.forEach((each) => each(target, key, descriptor));
}

/** `admin`: who did what. */
@ApiTags('Admin')
@Controller(`${ENDPOINT_PREFIX}/admin/audit`)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class AuditController {
  constructor(private readonly audit: AuditDirectory) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The audit trail, newest first' })
  @filters()
  @ApiQuery({ name: 'after', required: false, description: '`next` of the page before' })
  @ApiQuery({ name: 'limit', required: false, description: 'Most on a page, 200 at most; 50 unless it says' })
  @ApiOkResponse({ description: 'A page of it, and where the next one begins (`null` on the last).' })
  @ApiNotFoundResponse({ description: 'The file has no `audit`.' })
  async list(@Query() query: Parameters): Promise<AuditPage> {
    const { database } = this.audit;
    const asked = queryOf(query);
    const [after, limit] = [cursorOf(query), pageSize(query)];
    await this.audit.flush();
    return list(database, asked, { after, limit });
  }

  @Get('verify')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether the chain is unbroken', description: 'It is read as a whole, page by page; the longer it is, the longer this takes.' })
  @ApiQuery({ name: 'head', required: false, description: 'A head that was noted, `seq:hash` or the hash alone: it has to be part of the chain' })
  @ApiOkResponse({ description: '`ok`; how many entries there are; the first twenty `breaks`; the `head`; and what became of the noted one.' })
  async verify(@Req() { raw }: FastifyRequest, @Query() query: Parameters): Promise<Verdict> {
    const { database } = this.audit;
    const exchange = exchangeOf(raw);
    const head = headOf(query);
    await this.audit.flush();
    const verdict = await verify(database, head, () => exchange.aborted !== null);
    if (exchange.aborted !== null) throw exchange.aborted;
    return verdict;
  }

  @Get('export')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The audit trail as JSON lines, oldest first', description: 'An answer that breaks off is not complete. That somebody has it is recorded.' })
  @filters()
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ description: 'One entry a line.' })
  async export(@Req() { raw }: FastifyRequest, @Query() query: Parameters): Promise<StreamableFile> {
    const { database } = this.audit;
    const asked = queryOf(query);
    const { client, id, principal } = exchangeOf(raw);
    events.audited.publish({ action: 'audit.export', outcome: 'done', actor: principal && `${principal.authenticator}:${principal.id}`, subject: null, client, requestId: id, details: {} });
    await this.audit.flush();
    return new StreamableFile(Readable.from(lines(exported(database, asked)), { objectMode: false }), { type: 'application/x-ndjson' });
  }
}

async function* lines(pages: AsyncIterable<readonly AuditView[]>): AsyncGenerator<Buffer> {
  for await (const page of pages) yield Buffer.from(page.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}

/** @throws Problem unprocessable */
function queryOf(query: Parameters): AuditQuery {
  const moment = (name: string): number | undefined => {
    const text = textOf(query, name);
    const time = text === undefined ? undefined : momentOf(text, systemClock.now());
    if (time === null) throw new Problem(problems.unprocessable, `The parameter "${name}" is not ${MOMENT}`);
    return time;
  };
  return { ...Object.fromEntries(NAMES.map((name) => [name, textOf(query, name)])), since: moment('since'), until: moment('until') };
}

/** @throws Problem unprocessable */
function cursorOf(query: Parameters): number | null {
  const text = textOf(query, 'after');
  if (text === undefined) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Problem(problems.unprocessable, 'The parameter "after" is not `next` of a page');
}

/** @throws Problem unprocessable */
function headOf(query: Parameters): NotedHead | null {
  const text = textOf(query, 'head');
  const head = text === undefined ? null : parseHead(text);
  if (text !== undefined && head === null) throw new Problem(problems.unprocessable, 'The parameter "head" is neither seq:hash nor a hash');
  return head;
}
