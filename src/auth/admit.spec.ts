import { Problem, problems, type Exchange, type Guard, type Route } from '#libs/kernel';
import { admitAll } from './admit.js';
import { exchangeWith, problemOf } from './auth.fixture.js';

function through(guards: readonly Guard[]): Exchange {
  const exchange = exchangeWith();
  exchange.route = { guards } as Route;
  return exchange;
}

it('runs guards in order, without a promise where there is none', () => {
  const seen: number[] = [];
  expect(admitAll(through([1, 2, 3].map((n) => ({ admit: () => void seen.push(n) }))))).toBeUndefined();
  expect(seen).toEqual([1, 2, 3]);
});

it('waits for a promise before it goes on', async () => {
  const seen: string[] = [];
  const slow: Guard = { admit: async () => { await Promise.resolve(); seen.push('slow'); } };
  await admitAll(through([slow, { admit: () => void seen.push('quick') }, slow]));
  expect(seen).toEqual(['slow', 'quick', 'slow']);
});

it.each<[string, Guard]>([
  ['at once', { admit: () => { throw new Problem(problems.forbidden, 'no'); } }],
  ['later', { admit: () => Promise.reject(new Problem(problems.forbidden, 'no')) }],
])('stops at a refusal, %s', async (_when, refusing) => {
  const asked: string[] = [];
  const problem = await problemOf(() => admitAll(through([refusing, { admit: () => void asked.push('next') }])));
  expect([problem.type.code, asked]).toEqual(['forbidden', []]);
});

it('lets nothing through that has no route', async () => {
  expect((await problemOf(() => admitAll(exchangeWith()))).type).toBe(problems.routeNotFound);
});
