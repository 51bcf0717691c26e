import { Exchange, Problem, problems, type Route } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { ExchangeStats } from './exchange-stats.js';

const clock = new FakeClock();
const users = { template: '/users/**', service: { name: 'user-service' }, endpoint: null } as Route;
const health = { template: '/health', service: null, endpoint: 'health' } as Route;
const nowhere = { template: '(unmatched)', service: null, endpoint: null } as Route;

function setup() {
  const stats = new ExchangeStats({ buckets: [0.1, 1], exemplars: true }, clock);
  const run = (slots: Partial<Exchange>, { method = 'GET', ms = 50, headers = {} } = {}) => {
    const exchange = new Exchange({ method, path: '/users/7', query: '', headers, rawHeaders: [], startedAt: clock.elapsed() - ms });
    stats.opened(exchange);
    stats.closed(Object.assign(exchange, { status: 200, route: users, ...slots }));
    return exchange;
  };
  const counts = (template: string, method = 'GET') => Object.fromEntries(stats.endpoints.get(template)?.methods.get(method)?.statuses.entries() ?? []);
  return { stats, run, counts };
}

describe('ExchangeStats', () => {
  it('counts by pattern, method and status', () => {
    const { run, counts } = setup();
    run({});
    run({});
    run({ status: 404 });
    run({}, { method: 'POST' });
    run({ route: health });
    expect([counts('/users/**'), counts('/users/**', 'POST'), counts('/health')]).toEqual([{ 200: 2, 404: 1 }, { 200: 1 }, { 200: 1 }]);
  });

  it('counts for the service that was asked', () => {
    const { stats, run } = setup();
    run({ tries: 1, service: users.service });
    run({ tries: 2, service: { name: 'spare-service' } as NonNullable<Route['service']> });
    run({ tries: 0, service: { name: 'spare-service' } as NonNullable<Route['service']> });
    run({ tries: 3, service: null, route: { ...users, service: null } });
    expect([...stats.services].map(([name, { statuses, tries }]) => [name, [...statuses].map(([status, { count }]) => [status, count]), tries])).toEqual([
      ['user-service', [[200, 1]], 1], ['spare-service', [[200, 1]], 2],
    ]);
  });

  it('stays bounded whatever clients invent', () => {
    const { stats, run } = setup();
    for (let i = 0; i < 50; i++) run({ route: nowhere, status: 404 }, { method: `M${i}` });
    expect([...stats.endpoints.keys()]).toEqual(['(unmatched)']);
    expect([...(stats.endpoints.get('(unmatched)')?.methods.keys() ?? [])]).toEqual(['OTHER']);
  });

  it('goes on counting when a reload brings new route objects', () => {
    const { run, counts } = setup();
    run({});
    run({ route: { ...users } });
    expect(counts('/users/**')).toEqual({ 200: 2 });
  });

  it('measures seconds, and leaves WebSockets out', () => {
    const { stats, run, counts } = setup();
    run({}, { ms: 50 });
    run({}, { ms: 500 });
    run({ status: 101 }, { ms: 3_600_000 });
    const duration = stats.endpoints.get('/users/**')?.methods.get('GET')?.duration;
    expect([duration?.cumulative(), duration?.sum]).toEqual([[1, 2, 2], 0.55]);
    expect(counts('/users/**')).toEqual({ 200: 2, 101: 1 });
  });

  it('counts a service only when it was tried, with its own time', () => {
    const { stats, run } = setup();
    run({ status: 401 });
    run({ tries: 1, targetTime: 20 });
    run({ tries: 3, status: 502 }, { ms: 2_000 });
    const service = stats.services.get('user-service');
    expect([service?.tries, service?.statuses.get(200)?.cumulative(), service?.statuses.get(502)?.cumulative()]).toEqual([4, [1, 1, 1], [0, 0, 1]]);
  });

  it('keeps the trace of the latest of each bucket, where it is exported', () => {
    const { stats, run } = setup();
    const durations = () => stats.endpoints.get('/users/**')?.methods.get('GET')?.duration;
    run({ traceId: 'left', sampled: false });
    expect(durations()?.exemplar(0)).toBeUndefined();
    run({ traceId: 'a', sampled: true });
    run({ traceId: 'b', sampled: true, tries: 1, targetTime: 2_000 }, { ms: 60 });
    run({ traceId: 'c', sampled: true }, { ms: 500 });
    const at = clock.now() / 1_000;
    expect([0, 1, 2].map((bucket) => durations()?.exemplar(bucket))).toEqual([{ traceId: 'b', value: 0.06, at }, { traceId: 'c', value: 0.5, at }, undefined]);
    expect(stats.services.get('user-service')?.statuses.get(200)?.exemplar(2)).toEqual({ traceId: 'b', value: 2, at });
    stats.measureIn({ buckets: [0.1, 1], exemplars: false });
    run({ traceId: 'd', sampled: true });
    expect(durations()?.exemplar(0)).toBeUndefined();
  });

  it('adds up bytes and problems', () => {
    const { stats, run } = setup();
    run({ bytesIn: 3, bytesOut: 5 });
    run({ bytesIn: 4, bytesOut: 6, problem: new Problem(problems.noTarget, 'x') });
    expect(stats.endpoints.get('/users/**')).toMatchObject({ bytesIn: 7, bytesOut: 11 });
    expect([...stats.problems.entries()]).toEqual([['no-target', 1]]);
  });

  it('knows what is under way', () => {
    const { stats } = setup();
    const open = (headers: Record<string, string>) => {
      const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers, rawHeaders: [], startedAt: 0 });
      stats.opened(exchange);
      return exchange;
    };
    const [plain, waiting, standing] = [open({}), open({ upgrade: 'websocket' }), Object.assign(open({ upgrade: 'websocket' }), { status: 101 })];
    expect([stats.active, stats.websockets]).toEqual([3, 1]);
    for (const exchange of [plain, waiting, standing]) stats.closed(exchange);
    expect([stats.active, stats.websockets]).toEqual([0, 0]);
  });

  it('starts again only when the buckets change', () => {
    const { stats, run, counts } = setup();
    run({});
    stats.measureIn({ buckets: [0.1, 1], exemplars: false });
    expect(counts('/users/**')).toEqual({ 200: 1 });
    stats.measureIn({ buckets: [0.5], exemplars: false });
    run({});
    expect([counts('/users/**'), stats.endpoints.get('/users/**')?.methods.get('GET')?.duration.bounds]).toEqual([{ 200: 1 }, [0.5]]);
  });
});
