import { Secret } from '#libs/kernel';
import { fingerprint } from './hash.js';

it.each<[string, unknown, unknown, boolean]>([
  ['keys in another order', { a: 1, b: [2] }, { b: [2], a: 1 }, true],
  ['another value', { a: 1 }, { a: 2 }, false],
  ['items in another order', [1, 2], [2, 1], false],
  ['the same secret', { a: new Secret('x') }, { a: new Secret('x') }, true],
  ['another secret', { a: new Secret('x') }, { a: new Secret('y') }, false],
  ['secrets that changed places', [new Secret('x'), new Secret('y')], [new Secret('y'), new Secret('x')], false],
  ['a secret and what it prints as', new Secret('x'), 'secret', false],
])('fingerprint: %s', (_what, a, b, same) => expect(fingerprint(a) === fingerprint(b)).toBe(same));
