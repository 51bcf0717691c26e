import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { until } from '#libs/testing';
import { API, Dhatu } from './dhatu.fixture.js';

// A gateway starts in each test; machines may be busy.
jest.setTimeout(60_000);

const SCOPES = ['compress:write', 'corpus:read', 'corpus:write', 'analysis:run'];

interface Started extends AsyncDisposable {
  readonly platform: Dhatu;
  readonly send: (path: string, json?: unknown) => ReturnType<Dhatu['send']>;
}

/** The platform, and a program with a key. @param env further variables. */
async function started(env: Record<string, string> = {}): Promise<Started> {
  const platform = await Dhatu.open({ env });
  const { key } = await platform.key('program', { scopes: SCOPES, roles: ['service'] });
  return { platform, send: (path, json) => platform.send(API + path, { key, ...(json !== undefined && { json }) }), [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose]() };
}

/** What was refused, how, and when to come back. */
const refusal = ({ headers, json, status }: Awaited<ReturnType<Dhatu['send']>>): unknown => [status, json()['code'], headers['retry-after'] !== undefined];

describe('dhatu, X4: when a service fails', () => {
  it('one that is dead is 502 and unhealthy, and what may be given in its place is; the others go on', async () => {
    await using on = await started({ ANALYSIS_SERVICE_URL: 'http://127.0.0.1:1' });
    const [detect, insights, other] = await Promise.all([on.send('/patterns/detect', {}), on.send('/insights/generate', {}), on.send('/corpus/stats')]);
    expect(refusal(detect)).toEqual([502, 'target-unreachable', false]);
    expect([insights.status, insights.headers['x-degraded'], insights.json()]).toEqual([200, 'static', { insights: [], degraded: true }]);
    expect(other.json()).toEqual({ documents: 108 });
    expect((await on.platform.send(`${API}/health`)).json()).toMatchObject({ status: 'degraded', healthy_services: 2, services: { analysis: { status: 'unhealthy' } } });
    expect([detect.text, (await on.platform.send(`${API}/health`)).text].join('')).not.toContain('127.0.0.1');
  });

  it('one that is slow is 504', async () => {
    await using on = await started({ PASSERELLE__POLICIES__ANALYSING__TIMEOUT__FIRST_BYTE: '300ms' });
    on.platform.services.analysis.on('POST /api/v1/patterns/detect', () => 'hang');
    expect(refusal(await on.send('/patterns/detect', {}))).toEqual([504, 'first-byte-timeout', false]);
  });

  it('T7, T8: what only reads is tried again; failures open the breaker of their service, which closes when it is well', async () => {
    await using on = await started({ PASSERELLE__SERVICES__CORPUS__BREAKER__FAILURES: '4', PASSERELLE__SERVICES__CORPUS__BREAKER__OPEN: '3s', PASSERELLE__SERVICES__CORPUS__HEALTH__PASSIVE__FAILURES: '1000' });
    const { corpus } = on.platform.services;
    let times = 0;
    corpus.on('GET /api/v1/corpus/stats', () => (++times < 3 ? { status: 503 } : { json: { documents: 1 } }));
    expect([(await on.send('/corpus/stats')).json(), times]).toEqual([{ documents: 1 }, 3]);

    corpus.on('POST /api/v1/corpus/collect', () => ({ status: 503, json: {} }));
    const collect = () => on.send('/corpus/collect', { documents: [] });
    corpus.forget();
    for (let i = 0; i < 4; i++) expect((await collect()).status).toBe(503);
    // A POST is not repeated: it may have changed something.
    expect(corpus.heard.length).toBe(4);
    expect([refusal(await collect()), corpus.heard.length]).toEqual([[503, 'circuit-open', true], 4]);
    expect((await on.platform.send(`${API}/health/corpus`)).json()).toMatchObject({ breaker: 'open' });
    corpus.on('POST /api/v1/corpus/collect', () => ({ status: 201, json: { collected: 0 } }));
    // Not too often: requests count.
    await until(async () => {
      await sleep(200);
      return (await collect()).status === 201;
    });
  });

  it('T18: one that has all it can take gets no more; who is refused hears when to come back', async () => {
    await using on = await started({ SERVICE_CONCURRENCY: '2', PASSERELLE__SERVICES__COMPRESSION__CONCURRENCY__QUEUE: '0' });
    const { promise: free, resolve: release } = Promise.withResolvers<void>();
    on.platform.services.compression.on('POST /api/v1/compress', async () => { await free; return { json: { compressed: '' } }; });
    const first = [on.send('/compress', { text: 'a' }), on.send('/compress', { text: 'b' })];
    await until(() => on.platform.services.compression.heard.length === 2);
    expect(refusal(await on.send('/compress', { text: 'c' }))).toEqual([503, 'overloaded', true]);
    expect((await on.send('/corpus/stats')).status).toBe(200);
    release();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('T10, C1: a search is answered with what was found before, past its time', async () => {
    await using on = await started({ CACHE_TTL: '0.05', PASSERELLE__POLICIES__KEPT__CACHE__STALE_WHILE_REVALIDATE: 'off' });
    const search = () => on.send('/corpus/search?q=roots');
    await search();
    on.platform.services.corpus.on('GET /api/v1/corpus/search', () => ({ status: 503 }));
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    const stale = await search();
    expect([stale.status, stale.headers['x-degraded'], stale.json()]).toEqual([200, 'stale', { documents: [{ id: 1, title: 'roots' }] }]);
  });
});
