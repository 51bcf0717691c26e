import { FakeClock } from '#libs/testing';
import { RetryBudget } from './index.js';

const withdrawals = (budget: RetryBudget, times: number): number => Array.from({ length: times }, () => budget.withdraw()).filter(Boolean).length;

describe('RetryBudget', () => {
  it.each([
    ['a share of the requests', { share: 0.2, minimum: 0 }, 100, 20],
    ['nothing without requests', { share: 0.2, minimum: 0 }, 0, 0],
    ['so many a second besides', { share: 0.2, minimum: 1 }, 100, 30],
    ['those also without requests', { share: 0.2, minimum: 0.5 }, 0, 5],
  ])('allows %s', (_what, options, requests, expected) => {
    const budget = new RetryBudget(options, new FakeClock());
    for (let i = 0; i < requests; i++) budget.deposit();
    expect(withdrawals(budget, 1_000)).toBe(expected);
  });

  it('forgets after ten seconds', () => {
    const clock = new FakeClock();
    const budget = new RetryBudget({ share: 0.5, minimum: 0 }, clock);
    for (let i = 0; i < 10; i++) budget.deposit();
    expect(withdrawals(budget, 10)).toBe(5);
    clock.advance(10_000);
    expect(withdrawals(budget, 10)).toBe(0);
    for (let i = 0; i < 4; i++) budget.deposit();
    expect(withdrawals(budget, 10)).toBe(2);
  });
});
