import { FakeClock, limitStoreContract } from '#libs/testing';
import { StoreByLimit } from './combine.js';
import type { LimitStore, Take } from './contracts.js';
import { MemoryLimitStore } from './memory-store.js';

limitStoreContract('one store for quotas and another', () => {
  const clock = new FakeClock();
  const [quotas, others] = [new MemoryLimitStore({ clock }), new MemoryLimitStore({ clock })];
  return { store: new StoreByLimit({ quotas, others }), now: () => clock.elapsed(), pass: (ms) => clock.advance(ms), close: () => undefined };
});

describe('all or nothing over both', () => {
  const monthly: Take = { key: 'm', limit: { use: 'quota', count: 3, ends: Date.UTC(2026, 1, 1) }, cost: 1, binding: true };
  const minutely: Take = { key: 'm', limit: { use: 'fixed-window', count: 2, window: 60_000 }, cost: 1, binding: true };
  const clock = new FakeClock();
  let quotas: MemoryLimitStore;
  let others: MemoryLimitStore;
  let both: StoreByLimit;

  beforeEach(() => {
    [quotas, others] = [new MemoryLimitStore({ clock }), new MemoryLimitStore({ clock })];
    both = new StoreByLimit({ quotas, others });
  });
  const left = (): unknown => [quotas.take([{ ...monthly, cost: 0 }]), others.take([{ ...minutely, cost: 0 }])].map(([verdict]) => verdict?.remaining);

  it('asks only the store that is meant', () => {
    expect(both.take([minutely])).toMatchObject([{ allowed: true, remaining: 1 }]);
    expect(both.take([monthly])).toMatchObject([{ allowed: true, remaining: 2 }]);
    expect([quotas.size, others.size]).toEqual([1, 1]);
  });

  it('takes from both, in the order of the call', async () => {
    expect(await both.take([minutely, monthly, { ...minutely, key: 'n' }])).toMatchObject([{ remaining: 1 }, { remaining: 2 }, { remaining: 1 }]);
    both.give([monthly, minutely]);
    expect(left()).toEqual([3, 2]);
  });

  it('puts a quota back when the other refuses', async () => {
    for (let i = 0; i < 2; i++) await both.take([monthly, minutely]);
    expect(await both.take([monthly, minutely])).toMatchObject([{ allowed: true, remaining: 1 }, { allowed: false, remaining: 0 }]);
    expect(left()).toEqual([1, 0]);
  });

  it('takes nothing from the other when a quota refuses, and tells how it stands', async () => {
    quotas.take([{ ...monthly, cost: 3 }]);
    expect(await both.take([minutely, monthly])).toMatchObject([{ allowed: true, remaining: 2, retryAfter: 0 }, { allowed: false }]);
    expect(left()).toEqual([0, 2]);
    others.take([{ ...minutely, cost: 2 }]);
    expect(await both.take([minutely, monthly])).toMatchObject([{ allowed: false, remaining: 0, retryAfter: 60_000 }, { allowed: false }]);
  });

  it('counts what does not bind in either case', async () => {
    const shadow = { ...minutely, binding: false };
    quotas.take([{ ...monthly, cost: 3 }]);
    await both.take([shadow, monthly]);
    expect(left()).toEqual([0, 1]);
    quotas.give([{ ...monthly, cost: 3 }]);
    for (let i = 0; i < 2; i++) await both.take([{ ...monthly, binding: false }, { ...minutely, cost: 2 }]);
    expect(left()).toEqual([1, 1]);
  });

  it('puts a quota back when the other cannot be asked', async () => {
    const away: LimitStore = { take: () => Promise.reject(new Error('away')), give: () => undefined };
    await expect(new StoreByLimit({ quotas, others: away }).take([monthly, minutely])).rejects.toThrow('away');
    await expect(new StoreByLimit({ quotas: away, others }).take([monthly, minutely])).rejects.toThrow('away');
    expect(left()).toEqual([3, 2]);
  });
});
