import { seededRandom } from '#libs/testing';
import { compileVariants, type Share } from './variants.js';

const USERS = Array.from({ length: 20_000 }, (_, id) => `user-${id}`);
const shares = (weights: Readonly<Record<string, number>>): Share[] => Object.entries(weights).map(([name, weight]) => ({ name, weight }));

/** The variant of every user. */
function spread(weights: Readonly<Record<string, number>>, salt = ''): string[] {
  const all = shares(weights);
  const choice = compileVariants(all, salt);
  return USERS.map((user) => (all[choice.of(user)] as Share).name);
}

function shareOf(name: string, variants: readonly string[]): number {
  return variants.filter((variant) => variant === name).length / variants.length;
}

it.each([
  [{ stable: 90, canary: 10 }], [{ stable: 99, canary: 1 }], [{ a: 1, b: 1, c: 2 }], [{ a: 0.5, b: 1.5 }], [{ on: 1, off: 0 }], [{ off: 0, on: 3 }],
])('keeps to the weights %j', (weights) => {
  const variants = spread(weights);
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  for (const [name, weight] of Object.entries(weights)) expect(Math.abs(shareOf(name, variants) - weight / total)).toBeLessThan(0.01);
});

it('gives a user without a weight to nobody else', () => {
  expect(new Set(spread({ gone: 0, here: 1 }))).toEqual(new Set(['here']));
});

it.each<[string, Record<string, number>, Record<string, number>, string, number]>([
  ['a canary that grows', { stable: 90, canary: 10 }, { stable: 80, canary: 20 }, 'canary', 0.1],
  ['one of three', { a: 50, b: 30, c: 20 }, { a: 50, b: 30, c: 70 }, 'c', 7 / 15 - 0.2],
  ['a new one', { a: 1, b: 1 }, { a: 1, b: 1, c: 1 }, 'c', 1 / 3],
  ['the last step', { stable: 1, canary: 99 }, { stable: 0, canary: 99 }, 'canary', 0.01],
])('moves only whom it must: %s', (_name, before, after, to, expected) => {
  const [was, is] = [spread(before), spread(after)];
  const moved = is.filter((variant, i) => variant !== was[i]);
  expect(new Set(moved)).toEqual(new Set([to]));
  expect(Math.abs(moved.length / USERS.length - expected)).toBeLessThan(0.01);
});

it('is the same for the same salt, and has nothing to do with another', () => {
  const weights = { stable: 50, canary: 50 };
  const [one, two] = [spread(weights, 'one'), spread(weights, 'two')];
  expect(spread(weights, 'one')).toEqual(one);
  expect(Math.abs(shareOf('same', one.map((variant, i) => (variant === two[i] ? 'same' : ''))) - 0.5)).toBeLessThan(0.02);
});

it('does not care in which order variants stand', () => {
  expect(spread({ b: 1, a: 3 })).toEqual(spread({ a: 3, b: 1 }));
});

it('draws as the weights say', () => {
  const random = seededRandom(7);
  const choice = compileVariants(shares({ a: 3, none: 0, b: 1 }), '');
  const drawn = USERS.map(() => String(choice.draw(random)));
  expect(Math.abs(shareOf('0', drawn) - 0.75)).toBeLessThan(0.01);
  expect(shareOf('1', drawn)).toBe(0);
  expect(choice.draw(() => 1 - Number.EPSILON)).toBe(2);
});
