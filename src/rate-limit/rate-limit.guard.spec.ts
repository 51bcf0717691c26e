import { Controller, Get, Module, UseGuards, type ExecutionContext } from '@nestjs/common';
import { APP_FILTER, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { SkipThrottle, Throttle, ThrottlerGuard } from '@nestjs/throttler';
import { Answer, Exchange, Problem, problems, type Guard, type Route } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { Fleet, SoloFleet } from '../cluster/index.js';
import type { GatewayConfig } from '../config/index.js';
import { bindExchange } from '../http/exchange-of.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { LimitStores } from './limit-stores.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimitModule } from './rate-limit.module.js';

const clock = new FakeClock();
let limit: Guard | null = null;
let client = '192.0.2.1';

@Controller()
@UseGuards(RateLimitGuard)
class Doors {
  @Get('plain')
  plain(): string {
    return 'open';
  }

  @Throttle({ default: { limit: 2, ttl: 60_000 } })
  @Get('throttled')
  throttled(): string {
    return 'open';
  }

  @Throttle({ short: { limit: 1, ttl: 1_000, blockDuration: 5_000 } })
  @Get('blocking')
  blocking(): string {
    return 'open';
  }
}

/** With the guard of the package itself, as somebody else's controller may have it. */
@Controller('theirs')
@UseGuards(ThrottlerGuard)
@Throttle({ default: { limit: 1, ttl: 60_000 } })
class Theirs {
  @Get()
  open(): string {
    return 'open';
  }

  @SkipThrottle()
  @Get('free')
  free(): string {
    return 'open';
  }
}

@Module({ providers: [{ provide: Fleet, useClass: SoloFleet }, { provide: APP_FILTER, useClass: ProblemFilter }], exports: [Fleet] })
class Givens {}

describe('RateLimitGuard', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const testing = await Test.createTestingModule({ imports: [{ module: Givens, global: true }, RateLimitModule], controllers: [Doors, Theirs] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.getHttpAdapter().getInstance().addHook('onRequest', (request, _reply, done) => {
      const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
      const route = { limit, guards: [] as readonly Guard[], head: { apply: () => {} }, problems: { render: ({ extras, status, type }: Problem) => Answer.json(status, { code: type.code, ...extras }) } };
      bindExchange(request.raw, Object.assign(exchange, { client, route: route as unknown as Route }));
      done();
    });
    await app.init();
    const config = { file: '/gateway.yaml', limits: { ipv6Prefix: 56, maxKeys: 100, data: './data' }, routes: {}, endpoints: {}, authenticate: {} } as unknown as GatewayConfig;
    app.get(LimitStores, { strict: false }).build({ config, redis: null, clock }).adopt();
  });
  afterAll(() => app.close());

  const get = async (url: string): Promise<number> => (await app.inject({ method: 'GET', url })).statusCode;

  it('asks the limit of the route', async () => {
    limit = { admit: () => { throw new Problem(problems.tooManyRequests, 'no'); } };
    expect(await get('/plain')).toBe(429);
    limit = { admit: () => Promise.reject(new Problem(problems.tooManyRequests, 'no')) };
    expect(await get('/plain')).toBe(429);
    limit = null;
    expect(await get('/plain')).toBe(200);
  });

  it('answers at once where nothing has to be waited for', () => {
    const guard = new RateLimitGuard([], {} as never, new Reflector());
    const raw = {} as Parameters<typeof bindExchange>[0];
    const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
    bindExchange(raw, exchange);
    const context = { getArgByIndex: () => ({ raw }), getHandler: () => () => 'open', getClass: () => Doors } as unknown as ExecutionContext;
    expect(guard.canActivate(context)).toBe(true);
    exchange.route = { limit: { admit: () => {} } } as unknown as Route;
    expect(guard.canActivate(context)).toBe(true);
  });

  it('counts what a controller asks of it, by the client behind the proxies', async () => {
    expect([await get('/throttled'), await get('/throttled'), await get('/throttled')]).toEqual([200, 200, 429]);
    const { body, headers } = await app.inject({ method: 'GET', url: '/throttled' });
    expect(JSON.parse(body)).toEqual({ code: 'too-many-requests', headers: { 'Retry-After': '60' }, members: { retryAfter: 60 } });
    expect(headers['x-ratelimit-limit']).toBeUndefined();
    client = '192.0.2.2';
    const first = await app.inject({ method: 'GET', url: '/throttled' });
    expect([first.statusCode, first.headers['x-ratelimit-limit'], first.headers['x-ratelimit-remaining'], first.headers['x-ratelimit-reset']]).toEqual([200, '2', '1', '60']);
    clock.advance(60_000);
    expect(await get('/throttled')).toBe(200);
  });

  it.each([['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', 429], ['2001:db8:1:3::1', '2001:db8:9:3::1', 200]])('takes a network of IPv6 for one caller: %s and %s', async (one, other, status) => {
    client = one;
    for (let i = 0; i < 3; i++) await get('/throttled');
    client = other;
    expect(await get('/throttled')).toBe(status);
  });

  it('keeps a caller away for as long as it was told', async () => {
    expect([await get('/blocking'), await get('/blocking')]).toEqual([200, 429]);
    clock.advance(4_000);
    expect(await get('/blocking')).toBe(429);
    clock.advance(1_000);
    expect([await get('/blocking'), await get('/blocking')]).toEqual([200, 429]);
  });

  it('counts for the guard of the package too, in the same place', async () => {
    const { size } = app.get(LimitStores, { strict: false }).facts;
    expect([await get('/theirs'), await get('/theirs'), await get('/theirs/free')]).toEqual([200, 429, 200]);
    expect(app.get(LimitStores, { strict: false }).facts.size).toBe(size + 1);
  });
});
