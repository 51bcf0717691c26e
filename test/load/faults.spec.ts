import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../support/passerelle.js';
import { FaultyTarget, type Mode } from './support/faulty-target.js';
import { MEASURING, record, rounded, UNDER_LOAD } from './support/figures.js';
import { Clients, type Outcome } from './support/load.js';
import { Platform } from './support/platform.js';

const CLIENTS = 16;
const MORE_TIME = 120_000;
/** For a connection and a first byte. Figures have the short one; in a test a machine that is busy is no target that hangs. */
const PATIENCE = MEASURING ? '300ms' : '1500ms';

/** A gateway before one service. */
function file(targets: readonly FaultyTarget[], service: string, rest = ''): string {
  const urls = targets.map(({ url }) => url).join(',');
  return `services: { a: { targets: "${urls}", ${service} } }
routes: { all: { match: { path: /** }, to: a, authenticate: none, timeout: { connect: ${PATIENCE}, firstByte: ${PATIENCE} } } }
${rest}`;
}

const RESILIENT = 'retry: { backoff: { base: 10ms } }, health: { passive: { failures: 3 } }';

beforeAll(build, 180_000);

/** Half of the time all is well, then it strikes. */
async function under(load: Clients, strike: () => Promise<unknown>): Promise<Outcome> {
  await load.during(UNDER_LOAD / 2);
  await strike();
  await load.during(UNDER_LOAD / 2);
  return load.stop();
}

function figures(outcome: Outcome) {
  return {
    requests: outcome.total, failed: outcome.failed.length,
    'p50 ms': rounded(outcome.percentile(0.5)), 'p99 ms': rounded(outcome.percentile(0.99)), 'slowest ms': rounded(outcome.percentile(1)),
  };
}

async function stop(targets: readonly FaultyTarget[]): Promise<void> {
  await Promise.all(targets.map((target) => target.kill()));
}

describe('one of three targets, GET', () => {
  it.each<[string, Mode | null, number]>([
    ['is killed', null, 0],
    ['hangs', { name: 'hanging' }, 0],
    ['takes two seconds', { name: 'slow', delay: 2_000 }, 0],
    ['resets every connection', { name: 'resetting' }, 0],
    ['answers what is not HTTP', { name: 'garbage' }, 0],
    ['answers 503', { name: 'failing' }, 0],
    // What broke in the middle has left for the client: three in a row eject, and those under way are lost with them.
    ['breaks off in the middle of its answers', { name: 'broken' }, CLIENTS + 3],
  ])('%s: no request fails but those whose answer had begun', async (what, mode, most) => {
    const targets = await FaultyTarget.all(3);
    await using platform = await Platform.start(file(targets, RESILIENT));
    const clients = new Clients({ url: platform.url, clients: CLIENTS });
    const [victim] = targets as [FaultyTarget];
    const outcome = await under(clients, () => (mode ? victim.behave(mode) : victim.kill()));
    record(`one of three targets ${what}`, figures(outcome));
    expect(outcome.failed.length).toBeLessThanOrEqual(most);
    expect(outcome.failed.filter(({ status }) => status >= 500)).toEqual([]);
    await stop(targets);
  }, MORE_TIME);

  it('is killed in the middle of its answers: those under way break off, and no others', async () => {
    const targets = await FaultyTarget.all(3);
    await Promise.all(targets.map((target) => target.behave({ name: 'large' })));
    await using platform = await Platform.start(file(targets, RESILIENT));
    const clients = new Clients({ url: platform.url, clients: CLIENTS });
    const outcome = await under(clients, () => (targets[0] as FaultyTarget).kill());
    record('one of three targets is killed in the middle of its answers', figures(outcome));
    // Some of sixteen clients were with it; what has begun cannot be taken back.
    expect(outcome.failed.length).toBeGreaterThan(0);
    expect(outcome.failed.length).toBeLessThanOrEqual(CLIENTS);
    expect(new Set(outcome.failed.map(({ status }) => status))).toEqual(new Set([0]));
    await stop(targets);
  }, MORE_TIME);
});

describe('half of the targets gone under load', () => {
  it('costs at most the requests under way that may not be repeated', async () => {
    const targets = await FaultyTarget.all(4);
    await using platform = await Platform.start(file(targets, RESILIENT));
    const clients = new Clients({
      url: platform.url, clients: CLIENTS,
      ask: (i) => (i % 4 === 0 ? { method: 'POST', path: '/', body: 'x'.repeat(100) } : { method: 'GET', path: '/' }),
    });
    const outcome = await under(clients, () => stop(targets.slice(0, 2)));
    const [reads, writes] = [outcome.of('GET'), outcome.of('POST')];
    record('half of four targets killed', { ...figures(outcome), 'GET failed': reads.failed.length, 'POST failed': writes.failed.length, clients: CLIENTS });
    expect(reads.failed).toEqual([]);
    expect(writes.failed.length).toBeLessThanOrEqual(CLIENTS);
    await stop(targets);
  }, MORE_TIME);
});

describe('a service that is down', () => {
  it('gets no more than the budget on top: no retry storm', async () => {
    const targets = await FaultyTarget.all(2);
    await using platform = await Platform.start(file(targets, 'retry: { attempts: 3, backoff: { base: 5ms }, budget: { share: 20%, minimum: 0 } }'));
    await Promise.all(targets.map((target) => target.behave({ name: 'failing' })));
    const clients = new Clients({ url: platform.url, clients: CLIENTS, pause: 5 });
    const outcome = await (await clients.during(UNDER_LOAD)).stop();
    const seen = (await Promise.all(targets.map((target) => target.seen()))).reduce((sum, each) => sum + each, 0);
    record('every target answers 503, three attempts, budget 20 %', { requests: outcome.total, 'requests the service got': seen, ratio: rounded(seen / outcome.total, 3) });
    expect(outcome.failed).toHaveLength(outcome.total);
    expect(seen).toBeGreaterThan(outcome.total);
    expect(seen / outcome.total).toBeLessThanOrEqual(1.21);
    await stop(targets);
  }, MORE_TIME);

  it('gets nothing while its breaker is open, and refusing costs next to nothing', async () => {
    const targets = await FaultyTarget.all(1);
    const free = 'b: { match: { path: /free }, to: a, authenticate: none, breaker: off }';
    await using platform = await Platform.start(file(targets, 'breaker: { failures: 5, open: 1h }').replace('routes: {', `routes: { ${free},`));
    const [only] = targets as [FaultyTarget];
    await only.behave({ name: 'failing' });
    const opening = new Clients({ url: platform.url, clients: 1 });
    while (await platform.metric('gateway_breaker_state', { state: 'open' }) !== 1) await sleep(20);
    await opening.stop();
    const before = await only.seen();
    const refused = await (await new Clients({ url: platform.url, clients: 1 }).during(UNDER_LOAD)).stop();
    expect(await only.seen()).toBe(before);
    expect(new Set(refused.seen.map(({ status }) => status))).toEqual(new Set([503]));
    const unmatched = await (await new Clients({ url: platform.url, clients: 1, ask: () => ({ method: 'DELETE', path: '/health/live' }) }).during(UNDER_LOAD)).stop();
    const added = refused.percentile(0.5) - unmatched.percentile(0.5);
    record('a breaker that is open', { 'refusals': refused.total, 'p50 ms of a refusal': rounded(refused.percentile(0.5), 3), 'p50 ms of any other refusal (405)': rounded(unmatched.percentile(0.5), 3), 'added ms': rounded(added, 3) });
    await stop(targets);
  }, MORE_TIME);
});

describe('one slow target of ten', () => {
  it.each([
    ['with p2c alone', ''],
    ['with hedging', 'hedge: { after: p95 }, retry: { budget: 20% }'],
  ])('%s: nearly nobody waits for it', async (what, service) => {
    const targets = await FaultyTarget.all(10);
    await using platform = await Platform.start(file(targets, service || 'balance: { use: p2c }').replace(`firstByte: ${PATIENCE}`, 'firstByte: 5s'));
    await Promise.all(targets.map((target) => target.behave({ name: 'slow', delay: 5 })));
    const well = await (await new Clients({ url: platform.url, clients: CLIENTS }).during(UNDER_LOAD)).stop();
    const [tired] = targets as [FaultyTarget];
    await tired.behave({ name: 'slow', delay: 500 });
    const before = await tired.seen();
    const slow = await (await new Clients({ url: platform.url, clients: CLIENTS }).during(UNDER_LOAD)).stop();
    const waited = slow.seen.filter(({ milliseconds }) => milliseconds >= 450).length;
    // More than it was asked for waited for the machine, and not for it.
    const share = Math.min(waited, (await tired.seen()) - before) / slow.total;
    record(`one of ten targets takes 500 ms instead of 5, ${what}`, {
      requests: slow.total, 'p99 ms, all well': rounded(well.percentile(0.99)), 'p99 ms': rounded(slow.percentile(0.99)), 'p99.9 ms': rounded(slow.percentile(0.999)), 'waited for it %': rounded(share * 100, 2),
    });
    expect(slow.failed).toEqual([]);
    expect(share).toBeLessThan(0.03);
    await stop(targets);
  }, MORE_TIME);
});

describe('changes under load', () => {
  const both = (url: string): [Clients, Clients] => [new Clients({ url, clients: CLIENTS }), new Clients({ url, clients: 4, fresh: true, pause: 2 })];
  const total = ([kept, fresh]: readonly [Outcome, Outcome]) => ({ requests: kept.total, 'on new connections': fresh.total, failed: kept.failed.length + fresh.failed.length, 'p99 ms': rounded(kept.percentile(0.99)) });

  it('a reload every 100 ms fails nothing', async () => {
    const targets = await FaultyTarget.all(3);
    const title = (i: number): string => file(targets.slice(0, 2 + (i % 2)), RESILIENT, `info: { title: "${i}" }\n`);
    await using platform = await Platform.start(title(0));
    const [kept, fresh] = both(platform.url);
    const reloaded = () => platform.metric('gateway_config_reloads_total', { outcome: 'applied' });
    const until = performance.now() + UNDER_LOAD;
    let reloads = 0;
    // Until there were enough of them, on a busy machine.
    while (performance.now() < until || (await reloaded()) <= UNDER_LOAD / 400) {
      platform.rewrite(title(++reloads));
      platform.signal('SIGHUP');
      await sleep(100);
    }
    const outcomes = [await kept.stop(), await fresh.stop()] as const;
    const applied = await reloaded();
    record('a reload every 100 ms', { ...total(outcomes), reloads: applied });
    expect(applied).toBeGreaterThan(UNDER_LOAD / 400);
    expect([...outcomes[0].failed, ...outcomes[1].failed]).toEqual([]);
    await stop(targets);
  }, MORE_TIME);

  it('a rolling restart of all workers fails nothing', async () => {
    const targets = await FaultyTarget.all(2);
    await using platform = await Platform.start(file(targets, RESILIENT, 'server: { workers: 2 }\n'));
    const [kept, fresh] = both(platform.url);
    await sleep(UNDER_LOAD / 3);
    platform.signal('SIGUSR2');
    while (await platform.metric('gateway_worker_restarts_total') < 2) await sleep(100);
    await sleep(UNDER_LOAD / 3);
    const outcomes = [await kept.stop(), await fresh.stop()] as const;
    record('a rolling restart of two workers', total(outcomes));
    expect([...outcomes[0].failed, ...outcomes[1].failed]).toEqual([]);
    await stop(targets);
  }, MORE_TIME);
});
