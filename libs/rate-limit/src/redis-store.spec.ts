import type { Script, Take } from './contracts.js';
import { RedisLimitStore } from './redis-store.js';
import { giveScript, takeScript } from './script.js';

interface Call {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** Answers script calls by their first key, and takes them down. */
function storeOver(answers: (key: string) => unknown): { readonly store: RedisLimitStore; readonly calls: Call[] } {
  const calls: Call[] = [];
  const run = (script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> => {
    calls.push({ script, keys, args });
    const answer = script === giveScript ? 0 : answers(keys[0] as string);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { store: new RedisLimitStore({ run }), calls };
}

const takeOf = (key: string, binding = true): Take => ({ key, limit: { use: 'fixed-window', count: 5, window: 1_000 }, cost: 1, binding });
const yes = [1_000, 1, 4, 900, 0];
const no = [2_000, 0, 0, 800, 800];

it('says all of a take in arguments that Lua can read', async () => {
  const { calls, store } = storeOver(() => [1, ...yes.slice(1), ...yes.slice(1), ...yes.slice(1)]);
  await store.take([
    takeOf('a'),
    { key: 'a', limit: { use: 'token-bucket', count: 1, window: 2, capacity: 3, initial: 0.5 }, cost: 1e21, binding: false },
    { key: 'a', limit: { use: 'quota', count: 9, ends: Infinity }, cost: 1, binding: true },
  ]);
  expect(calls).toEqual([{
    script: takeScript, keys: ['limit:a', 'limit:a', 'limit:a'],
    args: ['fixed-window', '1', '1', '5', '1000', '0', '0', 'token-bucket', '9007199254740991', '0', '1', '2', '3', '0.5', 'quota', '1', '1', '9', '0', '9007199254740991', '0'],
  }]);
});

it.each<[string, string, boolean]>([
  ['{a}1', '{a}2', true],
  ['x{a}1', '{a}{b}', true],
  ['a', 'a', true],
  ['{a', '{a', true],
  ['{a}', '{b}', false],
  ['{}a', '{}b', false],
  ['a', '{b}a', false],
  ['}{a}', '{a}', true],
])('%s and %s lie together: %s', async (one, other, together) => {
  const { calls, store } = storeOver(() => (together ? [...yes, ...yes.slice(1)] : yes));
  expect(await store.take([takeOf(one), takeOf(other)])).toHaveLength(2);
  expect(calls).toHaveLength(together ? 1 : 2);
});

it('puts back what a group gave when another refuses, with the time of that group', async () => {
  const { calls, store } = storeOver((key) => ({ 'limit:{a}1': [...yes, ...yes.slice(1)], 'limit:{b}': no, 'limit:{c}': no })[key]);
  const verdicts = await store.take([takeOf('{a}1'), takeOf('{b}'), takeOf('{a}shadow', false), takeOf('{c}', false)]);
  expect(verdicts).toEqual([
    { allowed: true, remaining: 5, reset: 900, retryAfter: 0 },
    { allowed: false, remaining: 0, reset: 800, retryAfter: 800 },
    { allowed: true, remaining: 4, reset: 900, retryAfter: 0 },
    { allowed: false, remaining: 0, reset: 800, retryAfter: 800 },
  ]);
  expect(calls.filter(({ script }) => script === giveScript)).toEqual([{ script: giveScript, keys: ['limit:{a}1'], args: ['fixed-window', '1', '1', '5', '1000', '0', '0', '0', '1000'] }]);
});

it('rejects when one group cannot be asked, and puts back what the others gave', async () => {
  const { calls, store } = storeOver((key) => ({ 'limit:{a}': yes, 'limit:{b}': new Error('away'), 'limit:{c}': no })[key]);
  await expect(store.take(['{a}', '{b}', '{c}'].map((key) => takeOf(key)))).rejects.toThrow('away');
  expect(calls.filter(({ script }) => script === giveScript).map(({ keys }) => keys)).toEqual([['limit:{a}']]);
});

it.each([null, 'OK', 1, [], yes.slice(1), [...yes, 1], ['1000', '1', '4', '900', '0'], [1_000, 1, 4, 900, 0.5], [1_000, 1, 4, null, 0]].map((reply) => [reply]))('takes %j for no verdict', async (reply) => {
  await expect(storeOver(() => reply).store.take([takeOf('a')])).rejects.toThrow('Redis gave no verdict');
});

it('reads -1 as never', async () => {
  expect(await storeOver(() => [1, 0, 3, -1, -1]).store.take([takeOf('a')])).toEqual([{ allowed: false, remaining: 3, reset: Infinity, retryAfter: Infinity }]);
});

it('says how long ago it was taken', () => {
  const { calls, store } = storeOver(() => yes);
  store.give([takeOf('a')], 12.3);
  expect(calls).toMatchObject([{ script: giveScript, keys: ['limit:a'], args: ['fixed-window', '1', '1', '5', '1000', '0', '0', '13', ''] }]);
});

it('never throws from giving', async () => {
  const store = new RedisLimitStore({ run: () => Promise.reject(new Error('away')) });
  store.give([takeOf('a'), takeOf('b')]);
  store.give([]);
  await new Promise(setImmediate);
});

it('asks nothing for nothing', async () => {
  const { calls, store } = storeOver(() => yes);
  expect(await store.take([])).toEqual([]);
  store.give([]);
  expect(calls).toEqual([]);
});
