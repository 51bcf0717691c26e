import { openOffline } from '../../src/cli/offline.js';
import { runTest } from '../../src/cli/test-run.js';
import { builtIns } from '../../src/extensions.js';
import { SECRET, token } from '../support/jwt.js';
import { standIn } from './stand-ins/service.js';
import { SuperSmartMatchServices } from './stand-ins/supersmartmatch.js';
import { JWT_SECRET, SuperSmartMatch } from './supersmartmatch.fixture.js';

const file = (variant: string): string => `deploy/platforms/supersmartmatch/gateway.${variant}.yaml`;

function form(): FormData {
  const filled = new FormData();
  filled.set('file', new File(['cv'], 'cv.txt'));
  return filled;
}

describe('SuperSmartMatch: the gateways beside the main one', () => {
  it.each(['edge', 'simple', 'node'])('%s: without warnings, and its tests hold', async (variant) => {
    await using offline = await openOffline({ file: file(variant), env: { JWT_SECRET }, builtIns });
    expect(offline.loaded.warnings).toEqual([]);
    const results = await Promise.all(offline.loaded.config.tests.map((test, index) => runTest(test, index, offline.dry)));
    expect([results.length > 0, results.filter(({ passed }) => !passed)]).toEqual([true, []]);
  });

  it('T15: the edge: a flag or a segment chooses, else nine in ten get the first version, each caller always the same', async () => {
    const answer = (version: number) => standIn({}, () => ({ json: { version } }));
    await using v1 = await answer(1);
    await using v2 = await answer(2);
    await using edge = await SuperSmartMatch.open({ file: file('edge'), env: { V1_URL: v1.url, V2_URL: v2.url, TRUSTED_PROXIES: 'loopback' } });
    const ask = async (headers: Record<string, string> = {}): Promise<string> => {
      const reply = await edge.send('/api/match', { json: {}, headers });
      expect([reply.headers['x-response-time'], reply.headers['x-upstream-addr']]).toEqual([expect.stringMatching(/^\d+\.\d{3}$/), undefined]);
      return `${String(reply.headers['x-service-version'])} ${String(reply.json()['version'])}`;
    };
    expect([await ask({ 'x-user-segment': 'beta' }), await ask({ 'x-feature-flag': 'v2_enabled' }), await ask({ 'x-user-segment': 'enterprise', 'x-feature-flag': 'v2_enabled' })]).toEqual(['v2 2', 'v2 2', 'v1 1']);
    const callers = Array.from({ length: 200 }, (_, i) => `198.51.${i}.7`);
    const first = await Promise.all(callers.map((address) => ask({ 'x-forwarded-for': address })));
    const share = first.filter((version) => version === 'v2 2').length;
    expect([share >= 5, share <= 45]).toEqual([true, true]);
    expect(await Promise.all(callers.map((address) => ask({ 'x-forwarded-for': address })))).toEqual(first);
    expect((await edge.send('/api/v2/anything')).headers['x-service-version']).toBe('v2');
  });

  it('the quick start: nobody is asked, answers are wrapped, a list stands in, Nexten is passed through', async () => {
    const services = await SuperSmartMatchServices.start();
    await using nexten = await standIn({ 'GET /score': ({ query }) => ({ json: { id: query.get('id') } }), 'GET /health': () => ({ json: { status: 'healthy' } }) }, () => ({ status: 404 }));
    await using simple = await SuperSmartMatch.open({ file: file('simple'), env: { ...services.env, NEXTEN_API_URL: nexten.url, NEXTEN_DATA_ADAPTER_URL: 'http://127.0.0.1:1' }, services });
    const parsed = await simple.send('/api/gateway/parse-cv', { form: form() });
    expect([parsed.status, parsed.json()]).toEqual([200, { success: true, data: { status: 'success', data: expect.objectContaining({ filename: 'cv.txt' }) }, service: 'cv_parser', timestamp: expect.stringMatching(/Z$/) }]);
    expect((await simple.send('/api/gateway/match/algorithms')).json()).toMatchObject({ status: 'fallback_data' });
    expect((await simple.send('/api/gateway/nexten/score?id=7')).json()).toEqual({ id: '7' });
    expect((await simple.send('/api/gateway/nexten/health')).json()).toMatchObject({ nexten_api: { status: 'healthy' }, nexten_data_adapter: { status: 'unreachable' } });
    // A service's own refusal is not wrapped.
    expect((await simple.send('/api/gateway/match', { json: {} })).json()).toEqual({ error: 'Missing required fields', missing: ['candidate', 'offers'] });
  });

  it('the former one in Node: 401 without a token, 403 with a bad one, ids from userId', async () => {
    const heard = await standIn({}, ({ headers, path }) => ({ json: { path, user: headers['x-user-id'] } }));
    await using node = await SuperSmartMatch.open({ file: file('node'), env: { JWT_SECRET: SECRET, CV_PARSER_URL: heard.url, MATCHING_SERVICE_URL: 'http://127.0.0.1:1' }, services: heard });
    const bearer = await token({ userId: 7, email: 'a@example.org', role: 'candidat' });
    const answers = await Promise.all([node.send('/api/cv/upload'), node.send('/api/cv/upload', { bearer: 'abc' }), node.send('/api/matching/x', { bearer }), node.send('/api/nowhere')]);
    expect(answers.map(({ json, status }) => [status, json()['error']])).toEqual([[401, 'Access token is required'], [403, 'Invalid or expired token'], [503, 'matching unavailable'], [404, 'Route not found']]);
    expect((await node.send('/api/cv/upload', { form: form(), bearer })).json()).toEqual({ path: '/api/upload', user: '7' });
  });
});
