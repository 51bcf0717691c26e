import type { Target } from '#libs/kernel';
import { target } from './balancing.fixture.js';
import { availableOf, preferencesOf } from './preferences.js';

const a0 = target('a0', 1, { zone: 'a' });
const a1 = target('a1', 1, { zone: 'a', priority: 1 });
const b0 = target('b0', 1, { zone: 'b' });
const b1 = target('b1', 1, { zone: 'b', priority: 1 });
const all = [b1, a0, b0, a1];

/** The first group that has any available, as the balance interceptor asks. */
function candidates(zone: string, down: readonly Target[]): readonly string[] {
  for (const one of all) one.available = !down.includes(one);
  const found = preferencesOf(all, zone).map(availableOf).find(({ length }) => length > 0) ?? [];
  return found.map(({ url }) => url.hostname);
}

describe('who is asked', () => {
  it.each<[string, string, readonly Target[], readonly string[]]>([
    ['the lowest priority', '', [], ['a0', 'b0']],
    ['what is left of it', '', [a0], ['b0']],
    ['the next one when it is gone', '', [a0, b0], ['b1', 'a1']],
    ['and the first again when one is back', '', [b0, b1], ['a0']],
    ['the own zone', 'b', [], ['b0']],
    ['the other one when it is gone', 'b', [b0], ['a0']],
    ['the priority before the zone', 'b', [b0, a0], ['b1']],
    ['the other zone of the next priority', 'b', [b0, a0, b1], ['a1']],
    ['all of the priority in a zone that has no target', 'c', [], ['a0', 'b0']],
    ['nobody', 'a', all, []],
  ])('%s (zone "%s")', (_what, zone, down, expected) => {
    expect(candidates(zone, down)).toEqual(expected);
  });

  it('costs nothing where it is not used: one group, the list itself', () => {
    const plain = [target('x'), target('y')];
    const groups = preferencesOf(plain, 'a');
    expect(groups).toHaveLength(1);
    expect(availableOf(groups[0] as readonly Target[])).toBe(plain);
  });
});
