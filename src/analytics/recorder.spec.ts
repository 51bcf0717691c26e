import { jest } from '@jest/globals';
import { events, Exchange, type Route } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { SoloFleet, type Replies, type Topic } from '../cluster/index.js';
import { AnalyticsRecorder, type AnalyticsSource } from './recorder.js';

/** Several workers, each of which answers. */
class TestFleet extends SoloFleet {
  readonly others: TestFleet[] = [];

  override async ask<Q, A>(topic: Topic<Q, A>, question: Q): Promise<Replies<A>> {
    const replies = await Promise.all([super.ask(topic, question), ...this.others.map((each) => each.ask(topic, question))]);
    return { answers: replies.flatMap(({ answers }) => answers), failures: replies.flatMap(({ failures }) => failures) };
  }
}

const applied = () => events.configurationApplied.publish({ file: '', version: '', errors: [] });
const close = () => events.exchangeClosed.publish(Object.assign(new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 }), { route: { template: '/a' } as Route, status: 200 }));

describe('AnalyticsRecorder', () => {
  const clock = new FakeClock();
  const recorders: AnalyticsRecorder[] = [];
  afterEach(() => recorders.splice(0).forEach((each) => each.onApplicationShutdown()));

  function worker(serve: string): { recorder: AnalyticsRecorder; fleet: TestFleet; serve: (kind: string) => void } {
    const source = { current: { config: { authenticate: {}, endpoints: { stats: { serve } } } } };
    const fleet = new TestFleet();
    const recorder = new AnalyticsRecorder(source as unknown as AnalyticsSource, fleet, clock);
    recorders.push(recorder);
    return { recorder, fleet, serve: (kind) => { source.current.config.endpoints.stats.serve = kind; applied(); } };
  }

  const total = async ({ recorder }: { recorder: AnalyticsRecorder }): Promise<number> => ((await recorder.counts()).rows.statuses['200'] ?? [0])[0] as number;

  it('listens only while an endpoint tells of it', async () => {
    const subscribe = jest.spyOn(events.exchangeClosed, 'subscribe');
    const one = worker('health');
    applied();
    expect(subscribe).not.toHaveBeenCalled();
    one.serve('analytics');
    expect(subscribe).toHaveBeenCalledTimes(1);
    close();
    applied();
    close();
    expect(await total(one)).toBe(2);
    one.serve('health');
    close();
    expect(await total(one)).toBe(0);
    subscribe.mockRestore();
  });

  it('adds up all workers, and begins anew in all of them', async () => {
    const [one, other] = [worker('analytics'), worker('analytics')];
    one.fleet.others.push(other.fleet);
    applied();
    const begun = clock.now();
    close();
    expect(await one.recorder.counts()).toMatchObject({ since: begun, rows: { operations: { 'GET /a': expect.arrayContaining([2]) as number[] } } });
    clock.advance(5_000);
    expect(await one.recorder.reset()).toBe(begun + 5_000);
    expect(await one.recorder.counts()).toMatchObject({ since: begun + 5_000, rows: { operations: {} } });
    expect(await total(other)).toBe(0);
    close();
    expect(await total(one)).toBe(2);
  });
});
