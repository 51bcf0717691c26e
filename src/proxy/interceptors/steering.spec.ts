import { Answer, AnswerBody, Exchange, HeaderList, Problem, problems, type Interceptor } from '#libs/kernel';
import type { CompileRequest, RequestParts } from '../compile.js';
import { aggregate } from './aggregate.js';
import { fallback } from './fallback.js';
import { mirror } from './mirror.js';
import { split } from './split.js';

const WHEN = { problems: ['circuit-open'], status: [503] };

function compile(stage: CompileRequest, settings: object): Interceptor | null {
  return stage({
    name: 'r', settings, config: { routes: { r: settings }, files: {} }, services: new Map(),
    call: () => () => Promise.resolve(new Answer(200)), reach: () => () => Promise.resolve(new Answer(200)), aside: () => () => Promise.resolve(new Answer(200)),
    surroundings: { random: () => 0 },
  } as unknown as RequestParts);
}

const opened = (): Exchange => new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });

it.each([[aggregate], [fallback], [mirror], [split]])('%p is not on a route that does not ask for it', (stage) => {
  expect(compile(stage, {})).toBeNull();
});

it('an empty list of stand-ins is none', () => expect(compile(fallback, { fallback: { when: WHEN, chain: [] } })).toBeNull());

describe('a stale copy', () => {
  const stage = compile(fallback, { fallback: { when: WHEN, chain: ['stale', { status: 200, headers: {}, body: 'x' }] } }) as Interceptor;
  const failing = (stale: Exchange['stale']) => (exchange: Exchange): Promise<never> => {
    exchange.stale = stale;
    return Promise.reject(new Problem(problems.circuitOpen, 'open'));
  };

  it('comes from whoever keeps one', async () => {
    const exchange = opened();
    const answer = await stage.intercept(exchange, failing(() => new Answer(200, new HeaderList(['Age', '99']))));
    expect(answer.headers.flat).toEqual(['Age', '99', 'X-Degraded', 'stale']);
    expect(exchange).toMatchObject({ degraded: 'stale', problem: null, failure: { type: { code: 'circuit-open' } } });
  });

  it.each([[null], [() => null]])('is passed over where there is none', async (stale) => {
    const exchange = opened();
    expect((await stage.intercept(exchange, failing(stale))).body?.takeWhole()?.toString()).toBe('x');
    expect(exchange.degraded).toBe('static');
  });

  it('is nobody’s once the client has left', async () => {
    const exchange = opened();
    const left = new Problem(problems.clientClosed, 'left');
    const next = failing(() => { exchange.abort(left); return new Answer(200); });
    await expect(stage.intercept(exchange, next)).rejects.toMatchObject({ type: { code: 'circuit-open' } });
    expect(exchange.degraded).toBeNull();
  });

  it('lets go of the answer it stands in for, and of no other', async () => {
    const cancelled: string[] = [];
    const answer = (status: number): Answer => {
      const body = new AnswerBody({ pause() {}, resume() {}, cancel: () => { cancelled.push(String(status)); } });
      return new Answer(status, new HeaderList(), body);
    };
    for (const status of [200, 503, 500]) await stage.intercept(opened(), () => Promise.resolve(answer(status)));
    expect(cancelled).toEqual(['503']);
  });
});

it('a fallback leaves other problems alone', async () => {
  const stage = compile(fallback, { fallback: { when: WHEN, chain: [{ status: 200, headers: {}, body: 'x' }] } }) as Interceptor;
  await expect(stage.intercept(opened(), () => Promise.reject(new Problem(problems.bodyTooLarge, 'large')))).rejects.toMatchObject({ status: 413 });
  await expect(stage.intercept(opened(), () => Promise.reject(new TypeError('ours')))).rejects.toBeInstanceOf(TypeError);
});
