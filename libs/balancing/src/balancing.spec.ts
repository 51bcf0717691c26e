import type { Balancer, Exchange, Target } from '#libs/kernel';
import { surroundings, target } from './balancing.fixture.js';
import { p2c, roundRobin } from './index.js';

const exchange = {} as Exchange;

function sequence(balancer: Balancer, targets: Target[], picks: number): string[] {
  return Array.from({ length: picks }, () => balancer.pick(targets, exchange).url.hostname);
}

describe('round-robin', () => {
  it('spreads a heavy target among the light ones', () => {
    const targets = [target('a', 3), target('b'), target('c')];
    expect(sequence(roundRobin.create({}, surroundings()), targets, 5)).toEqual(['a', 'b', 'a', 'c', 'a']);
  });

  it('goes on evenly when a target leaves', () => {
    const balancer = roundRobin.create({}, surroundings());
    const targets = [target('a'), target('b'), target('c')];
    sequence(balancer, targets, 4);
    const counts = sequence(balancer, targets.slice(0, 2), 10).filter((host) => host === 'a').length;
    expect(counts).toBeGreaterThanOrEqual(4);
    expect(counts).toBeLessThanOrEqual(6);
  });
});

describe('p2c', () => {
  it('never picks the busier of two', () => {
    const [idle, busy] = [target('idle'), target('busy')];
    busy.inFlight = 5;
    const picked = sequence(p2c.create({}, surroundings()), [idle, busy], 50);
    expect(new Set(picked)).toEqual(new Set(['idle']));
  });

  it('weighs the load by the weight', () => {
    const [small, large] = [target('small'), target('large', 10)];
    small.inFlight = 1;
    large.inFlight = 4;
    expect(p2c.create({}, surroundings()).pick([small, large], exchange)).toBe(large);
  });

  it('keeps the load of equal targets within a few of each other', () => {
    const balancer = p2c.create({}, surroundings());
    const targets = Array.from({ length: 8 }, (_, i) => target(`t${i}`));
    for (let i = 0; i < 8_000; i++) balancer.pick(targets, exchange).inFlight++;
    const loads = targets.map(({ inFlight }) => inFlight);
    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThan(10);
  });
});
