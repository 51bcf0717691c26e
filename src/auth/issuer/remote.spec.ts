import { events, type IssuerState } from '#libs/kernel';
import { problemOf, StillClock } from '../auth.fixture.js';
import { Remote } from './remote.js';

const PLAN = { issuer: 'https://issuer.example.com', every: 600_000, cooldown: 30_000, random: () => 0.5 };

/** An issuer that publishes numbers, counts how often it was asked, and can go away. */
function setup() {
  const clock = new StillClock();
  const issuer = { asked: 0, away: false };
  const remote = new Remote(() => {
    issuer.asked += 1;
    return issuer.away ? Promise.reject(new Error('gone')) : Promise.resolve(issuer.asked);
  }, { ...PLAN, clock });
  return { clock, issuer, remote };
}

const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

it('fetches nothing before it is needed, and then once for all who wait', async () => {
  const { issuer, remote } = setup();
  expect([issuer.asked, remote.fresh]).toEqual([0, false]);
  expect(await Promise.all([remote.recent(), remote.recent(), remote.recent()])).toEqual([1, 1, 1]);
  expect([issuer.asked, remote.fresh]).toEqual([1, true]);
});

it('fetches again in the background once it is old, and only if it is used', async () => {
  const { clock, issuer, remote } = setup();
  await remote.recent();
  clock.advance(599_999);
  expect([remote.latest, issuer.asked]).toEqual([1, 1]);
  clock.advance(1);
  expect([remote.latest, remote.latest, issuer.asked]).toEqual([1, 1, 2]);
  await settled();
  expect(remote.latest).toBe(2);
});

it('is waited for where it was not looked at for twice its time', async () => {
  const { clock, remote } = setup();
  await remote.recent();
  clock.advance(1_200_000);
  expect(remote.fresh).toBe(false);
  expect(await remote.recent()).toBe(2);
});

it('renews at once, but not more often than the cooldown', async () => {
  const { clock, issuer, remote } = setup();
  await remote.recent();
  expect([await remote.renew(), await remote.renew(), issuer.asked]).toEqual([true, false, 2]);
  clock.advance(29_999);
  expect(await remote.renew()).toBe(false);
  clock.advance(1);
  expect([await remote.renew(), issuer.asked]).toEqual([true, 3]);
});

it('keeps what it has while the issuer is away, asks more and more seldom, and tells of it once', async () => {
  const { clock, issuer, remote } = setup();
  const told: IssuerState[] = [];
  const unsubscribe = events.issuerChanged.subscribe((state) => told.push(state));
  await remote.recent();
  issuer.away = true;
  clock.advance(600_000);
  const pauses: number[] = [];
  for (let round = 0; round < 8; round++) {
    expect(await remote.recent()).toBe(1);
    await settled();
    const { asked } = issuer;
    let pause = 0;
    while (issuer.asked === asked) {
      clock.advance(1_000);
      pause += 1_000;
      void remote.latest;
    }
    pauses.push(pause);
    await settled();
  }
  expect(pauses.slice(-3)).toEqual([30_000, 30_000, 30_000]);
  expect(told).toEqual([{ issuer: PLAN.issuer, away: 'gone', age: 600_000 }]);
  issuer.away = false;
  clock.advance(30_000);
  void remote.latest;
  await settled();
  expect(told.at(-1)).toEqual({ issuer: PLAN.issuer, away: null, age: 0 });
  unsubscribe();
});

it('says when to come back where there is nothing to go by, and asks only then', async () => {
  const { clock, issuer, remote } = setup();
  issuer.away = true;
  const first = await problemOf(() => remote.recent());
  expect([first.type.code, first.extras.headers]).toEqual(['issuer-away', { 'Retry-After': '1' }]);
  await problemOf(() => remote.recent());
  expect(issuer.asked).toBe(1);
  clock.advance(1_000);
  issuer.away = false;
  expect(await remote.recent()).toBe(2);
});
