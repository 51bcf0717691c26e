import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Controller, Get, UseGuards, type ExecutionContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem, problems, type Guard, type Route } from '#libs/kernel';
import { bindExchange } from '../http/exchange-of.js';
import { exchangeWith } from './auth.fixture.js';
import { AuthGuard } from './auth.guard.js';
import { AuthModule } from './auth.module.js';

const contextOf = (raw: IncomingMessage): ExecutionContext => ({ getArgByIndex: () => ({ raw }) }) as unknown as ExecutionContext;

function arriving(guards: readonly Guard[]): ExecutionContext {
  const raw = new IncomingMessage(new Socket());
  bindExchange(raw, Object.assign(exchangeWith(), { route: { guards } as Route }));
  return contextOf(raw);
}

it('answers true at once where nothing has to be waited for', () => {
  expect(new AuthGuard().canActivate(arriving([{ admit: () => undefined }]))).toBe(true);
});

it('answers a promise where something has', async () => {
  const pending = new AuthGuard().canActivate(arriving([{ admit: () => Promise.resolve() }]));
  expect(pending).toBeInstanceOf(Promise);
  expect(await pending).toBe(true);
});

it('throws the problem itself', () => {
  const problem = new Problem(problems.forbidden, 'no');
  expect(() => new AuthGuard().canActivate(arriving([{ admit: () => { throw problem; } }]))).toThrow(problem);
});

it('lets nothing in that did not come through the front door', () => {
  expect(() => new AuthGuard().canActivate(contextOf(new IncomingMessage(new Socket())))).toThrow('front door');
});

it('guards a controller in a running application', async () => {
  @Controller()
  @UseGuards(AuthGuard)
  class Door {
    @Get('*')
    open(): string {
      return 'open';
    }
  }
  let guards: readonly Guard[] = [];
  const adapter = new FastifyAdapter();
  adapter.getInstance().addHook('onRequest', (request, _reply, done) => {
    bindExchange(request.raw, Object.assign(exchangeWith(), { route: { guards } as Route }));
    done();
  });
  const testing = await Test.createTestingModule({ imports: [AuthModule], controllers: [Door] }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  try {
    const url = await app.getUrl();
    expect(await (await fetch(url)).text()).toBe('open');
    guards = [{ admit: () => Promise.reject(new Problem(problems.forbidden, 'no')) }];
    // Without the problem filter of the http room Nest only knows that something was thrown.
    expect((await fetch(url)).ok).toBe(false);
  } finally {
    await app.close();
  }
});
