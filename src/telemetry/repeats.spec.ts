import { setTimeout as pause } from 'node:timers/promises';
import { Repeats, type Repeated } from './repeats.js';

const dead = { problem: 'target-unreachable', service: 'a' };
const full = { problem: 'overloaded', service: 'a' };

function repeats(most: number): { readonly all: Repeats; readonly told: [Repeated, number][] } {
  const told: [Repeated, number][] = [];
  return { told, all: new Repeats(() => most, (what, more) => told.push([what, more])) };
}

describe('O4: the same thousands of times a second', () => {
  it('has so many lines, each thing its own, and one of how many more', () => {
    const { all, told } = repeats(2);
    const admitted = [dead, full, dead, dead, dead, full].map((what) => all.admits(what));
    expect(admitted).toEqual([true, true, true, false, false, true]);
    all.end();
    expect(told).toEqual([[dead, 2]]);
  });

  it('begins anew each second, by itself', async () => {
    const { all, told } = repeats(1);
    expect([all.admits(dead), all.admits(dead)]).toEqual([true, false]);
    await pause(1_200);
    expect(told).toEqual([[dead, 1]]);
    expect(all.admits(dead)).toBe(true);
    all.end();
    expect(told).toHaveLength(1);
  });

  it('has all its lines where nobody bounds them', () => {
    const { all, told } = repeats(Number.POSITIVE_INFINITY);
    expect(Array.from({ length: 1_000 }, () => all.admits(dead)).every(Boolean)).toBe(true);
    all.end();
    expect(told).toEqual([]);
  });
});
