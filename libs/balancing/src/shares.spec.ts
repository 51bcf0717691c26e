import type { Balancer } from '#libs/kernel';
import { FakeClock, seededRandom } from '#libs/testing';
import { countPicks, surroundings, target, targetsOf } from './balancing.fixture.js';
import { consistentHash, leastConnections, p2c, random, roundRobin, slowStart, stickyCookie } from './index.js';

const PICKS = 20_000;
type Built = readonly [name: string, build: (extra?: Parameters<typeof surroundings>[0]) => Balancer];

const all: readonly Built[] = [
  ['round-robin', (extra) => roundRobin.create({}, surroundings(extra))],
  ['random', (extra) => random.create({}, surroundings(extra))],
  ['least-connections', (extra) => leastConnections.create({}, surroundings(extra))],
  ['p2c', (extra) => p2c.create({}, surroundings(extra))],
  ['consistent-hash', (extra) => consistentHash.create({ by: 'client', load: Number.POSITIVE_INFINITY }, surroundings(extra))],
  ['sticky-cookie', (extra) => stickyCookie.create(stickyCookie.schema.parse({}), surroundings(extra))],
];

const weightings: readonly (readonly number[])[] = [[1], [1, 1], [3, 1], [1, 10], [1, 1, 2, 4]];
const cases = all.flatMap(([name, build]) => weightings.map((weights) => [name, weights, build] as const));

function expectShares(counts: Record<string, number>, weights: readonly number[], tolerance = 0.02): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const sum = Object.values(counts).reduce((a, b) => a + b, 0);
  weights.forEach((weight, index) => {
    const share = (counts[`t${index}`] ?? 0) / sum;
    expect(Math.abs(share - weight / total)).toBeLessThan(tolerance);
  });
}

describe('shares follow the weights', () => {
  it.each(cases)('%s over %j', (_name, weights, build) => {
    const targets = targetsOf(weights.length, (index) => weights[index] as number);
    expectShares(countPicks(build(), targets, PICKS), weights);
  });

  it.each(['least-connections', 'p2c'])('%s while tries stay under way', (name) => {
    const [, build] = all.find(([known]) => known === name) as Built;
    const weights = [1, 1, 2, 4];
    expectShares(countPicks(build(), targetsOf(4, (index) => weights[index] as number), 4_000, true), weights, 0.03);
  });
});

describe('least-connections', () => {
  it.each<[number[], number[], string]>([
    [[2, 1, 3], [1, 1, 1], 't1'],
    [[2, 1, 9], [1, 1, 10], 't2'],
    [[0, 1, 1], [1, 100, 100], 't0'],
  ])('of %j under way with weights %j picks %s', (inFlight, weights, expected) => {
    const targets = targetsOf(3, (index) => weights[index] as number);
    targets.forEach((one, index) => { one.inFlight = inFlight[index] as number; });
    expect(leastConnections.create({}, surroundings()).pick(targets, {} as never).url.hostname).toBe(expected);
  });
});

describe('slow start', () => {
  const weighted = all.filter(([name]) => name !== 'round-robin');

  it.each<[number, number]>([[-5, 0.1], [0, 0.1], [7_500, 0.325], [15_000, 0.55], [30_000, 1], [90_000, 1]])('after %i ms the weight is %d of all', (age, share) => {
    const clock = new FakeClock(100_000);
    const cold = target('cold', 4);
    cold.since = 100_000 - age;
    expect(slowStart(30_000, clock)(cold)).toBeCloseTo(4 * share, 10);
    expect(cold.since).toBe(share === 1 ? null : 100_000 - age);
  });

  it.each([...weighted, all[0] as Built])('%s gives a cold target little, a warm one its share', (_name, build) => {
    const clock = new FakeClock();
    const [t0, t1, t2] = targetsOf(3) as [ReturnType<typeof target>, ReturnType<typeof target>, ReturnType<typeof target>];
    const balancer = build({ clock, random: seededRandom(11), weigh: slowStart(30_000, clock) });
    t2.since = clock.elapsed();
    expectShares(countPicks(balancer, [t0, t1, t2], PICKS), [1, 1, 0.1]);
    clock.advance(15_000);
    expectShares(countPicks(balancer, [t0, t1, t2], PICKS), [1, 1, 0.55], 0.03);
    clock.advance(15_000);
    expectShares(countPicks(balancer, [t0, t1, t2], PICKS), [1, 1, 1]);
  });

  it('is fair to a service whose targets are all cold', () => {
    const clock = new FakeClock();
    const targets = targetsOf(2, (index) => index + 1);
    for (const one of targets) one.since = clock.elapsed();
    expectShares(countPicks(p2c.create({}, surroundings({ weigh: slowStart(1_000, clock) })), targets, PICKS), [1, 2]);
  });
});
