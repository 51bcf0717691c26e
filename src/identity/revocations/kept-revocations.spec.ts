import { FakeClock } from '#libs/testing';
import type { Revocable, Revocation } from '../../auth/revocations.js';
import { SoloFleet, type Fleet, type Topic } from '../../cluster/index.js';
import { KeptRevocations } from './kept-revocations.js';

const clock = new FakeClock();
const credential: Revocable = { token: 't1', session: 's1', owner: 'account:1', issuedAt: clock.now() };
const revocation: Revocation = { kind: 'session', subject: 's1', before: 0, expiresAt: clock.now() + 60_000 };
const nowhere = { database: null, changes: null, redis: null, away: 'deny' } as const;

const kept: KeptRevocations[] = [];
const make = (fleet: Fleet = new SoloFleet(), most?: number): KeptRevocations => {
  const made = new KeptRevocations(fleet, clock, most);
  kept.push(made);
  return made;
};
afterEach(() => kept.splice(0).forEach((each) => each.onApplicationShutdown()));

/** Workers of one gateway, without the processes. */
class Crew {
  asked = 0;
  readonly #handlers: Map<string, (question: unknown) => unknown>[] = [];

  worker(): Fleet {
    const own = new Map<string, (question: unknown) => unknown>();
    const worker = this.#handlers.push(own);
    const { ask } = this;
    return {
      worker,
      answer: (topic: Topic<never, unknown>, handler: (question: never) => unknown) => void own.set(topic.name, handler as (question: unknown) => unknown),
      ask: (topic: Topic<unknown, unknown>, question: unknown) => ask(topic, question),
    } as unknown as Fleet;
  }

  readonly ask = async (topic: Topic<unknown, unknown>, question: unknown) => {
    this.asked++;
    return { answers: await Promise.all(this.#handlers.map((own) => own.get(topic.name)?.(topic.question.parse(question)))), failures: [] };
  };
}

it('covers what it was told to, with no store at all', async () => {
  const revocations = make();
  expect(revocations.covers(credential)).toBe(false);
  await revocations.revoke(revocation);
  expect(revocations.covers(credential)).toBe(true);
  expect(revocations.list()).toEqual([revocation]);
});

it('never refuses for a store that there is none of', async () => {
  const revocations = make();
  const built = revocations.build(nowhere);
  await built.settled;
  built.adopt();
  expect(revocations.covers(credential)).toBe(false);
});

it('keeps what it knows over a reload', async () => {
  const revocations = make();
  await revocations.revoke(revocation);
  revocations.build(nowhere).adopt();
  revocations.build(nowhere).discard();
  expect(revocations.covers(credential)).toBe(true);
});

it('is the same in all workers once it is over, and in one that starts later', async () => {
  const crew = new Crew();
  const [one, other] = [make(crew.worker()), make(crew.worker())];
  await one.revoke(revocation);
  expect(other.covers(credential)).toBe(true);
  const late = make(crew.worker());
  expect(late.covers(credential)).toBe(false);
  await late.onApplicationBootstrap();
  expect(late.covers(credential)).toBe(true);
});

it('many at once are told together', async () => {
  const crew = new Crew();
  const [one, other] = [make(crew.worker()), make(crew.worker())];
  await Promise.all(Array.from({ length: 100 }, (_, i) => one.revoke({ ...revocation, subject: `s${i}` })));
  expect([other.list().length, crew.asked <= 3]).toEqual([100, true]);
});

it('says so when there is no room for one more', async () => {
  const revocations = make(new SoloFleet(), 1);
  await revocations.revoke(revocation);
  await expect(revocations.revoke({ ...revocation, subject: 's2' })).rejects.toMatchObject({ type: { code: 'revocations-away', status: 503 } });
  await revocations.revoke({ ...revocation, subject: 's2', owner: 'account:2' });
  expect(revocations.covers({ ...credential, session: 's9', owner: 'account:2', issuedAt: clock.now() - 1 })).toBe(true);
});
