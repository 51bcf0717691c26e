import { jest } from '@jest/globals';
import { onBothWays } from './both-ways.js';
import { API, Dhatu, type Tokens } from './dhatu.fixture.js';
import { ApiError, DhatuSdk, WAYS } from './stand-ins/dhatu.js';

// Gateways start in each suite; machines may be busy.
jest.setTimeout(60_000);

const SCOPES = ['compress:write', 'corpus:read', 'analysis:run'];

onBothWays((open) => {
  let on: Dhatu;
  let key: string;
  beforeAll(async () => {
    on = await Dhatu.open({ open });
    ({ key } = await on.key('sdk', { scopes: SCOPES }));
  });
  afterAll(() => on[Symbol.asyncDispose]());

  describe('dhatu: its client libraries', () => {
    it('O7: the document has the groups and names that the SDKs have', async () => {
      const { shape } = await DhatuSdk.generate({ baseURL: on.url, apiKey: key });
      expect(shape).toMatchObject({
        compression: ['compress', 'decompress', 'analyze'], corpus: ['collect', 'search', 'stats'], analysis: ['detect_patterns', 'visualize_patterns', 'generate_insights'],
        system: expect.arrayContaining(['health', 'status', 'metrics']),
      });
    });

    it.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('A5: both SDKs, with the key in %s', async (way) => {
      const client = await DhatuSdk.generate({ baseURL: on.url, apiKey: key, way });
      expect(await client.compress('text to compress')).toEqual({ compressed: expect.any(String), ratio: expect.any(Number) });
      expect(await client.corpus.search('sanskrit linguistics')).toEqual({ documents: [{ id: 1, title: 'sanskrit linguistics' }] });
      expect(await client.analysis.detect_patterns({ text: 'dhātu' })).toEqual({ patterns: ['sandhi'], of: { text: 'dhātu' } });
      const { headers, path } = on.services.analysis.last;
      expect([path, headers['x-user-id'], headers['x-user-scopes'], headers['authorization'], headers['x-api-key']]).toEqual([`${API}/patterns/detect`, 'sdk', SCOPES.join(','), undefined, undefined]);
    });

    it('A2: a key may what its scopes say', async () => {
      const { key: readonly } = await on.key('reader', { scopes: ['corpus:read'] });
      const client = await DhatuSdk.generate({ baseURL: on.url, apiKey: readonly });
      expect(await client.corpus.search('verbs')).toMatchObject({ documents: [{ title: 'verbs' }] });
      await expect(client.compress('text')).rejects.toEqual(expect.objectContaining({ status: 403, code: 'forbidden' }));
    });

    it('A5: no key, a wrong one, two of them, and one that was revoked', async () => {
      const { id, key: other } = await on.key('leaver', { scopes: SCOPES });
      const ask = async (headers: Record<string, string>): Promise<unknown> => {
        const { json, status } = await on.send(`${API}/corpus/stats`, { headers });
        return status === 200 ? status : [status, json()['code']];
      };
      expect(await ask({})).toEqual([401, 'unauthenticated']);
      expect(await ask({ 'x-api-key': `${other.slice(0, -1)}_` })).toEqual([401, 'invalid-api-key']);
      expect(await ask({ 'x-api-key': other, authorization: `ApiKey ${key}` })).toEqual([401, 'invalid-api-key']);
      expect(await ask({ 'x-api-key': other })).toBe(200);
      expect((await on.send(`${API}/admin/keys/${id}`, { method: 'DELETE', bearer: await on.administrator() })).status).toBeLessThan(300);
      expect(await ask({ 'x-api-key': other })).toEqual([401, 'invalid-api-key']);
    });

    it('T11: bytes of any kind, as they are, there and back', async () => {
      const text = Buffer.alloc(20 << 20, 'om mani padme hum ');
      const packed = await on.send(`${API}/compress`, { body: text, key, headers: { 'content-type': 'application/octet-stream' } });
      expect([packed.status, on.services.compression.last.body.length]).toEqual([200, text.length]);
      const back = await on.send(`${API}/decompress`, { body: Buffer.from(packed.text, 'latin1'), key, headers: { 'content-type': 'application/octet-stream' } });
      expect([back.status, Buffer.from(back.text, 'latin1').equals(text)]).toEqual([200, true]);
    });

    it('X4: what cannot be is refused before a service hears of it', async () => {
      on.services.analysis.forget();
      const form = await on.send(`${API}/patterns/detect`, { body: 'a=1', key, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
      const large = await on.send(`${API}/patterns/detect`, { body: Buffer.alloc(11 << 20), key, headers: { 'content-type': 'application/json' } });
      expect([form.status, large.status, on.services.analysis.heard.length]).toEqual([415, 413, 0]);
    });
  });

  describe('dhatu: people', () => {
    it('A4: register, sign in, refresh and sign out; nobody makes himself more than a member', async () => {
      const member = await on.person('ada');
      expect((await on.send(`${API}/compress`, { json: { text: 'a' }, bearer: member.access_token })).status).toBe(200);
      expect((await on.send(`${API}/corpus/collect`, { json: { documents: [] }, bearer: member.access_token })).status).toBe(403);
      for (const role of ['curator', 'admin', 'service']) await expect(on.person(role, role)).rejects.toThrow('403');

      const { access_token, refresh_token } = (await on.login('ada')).json<Tokens>();
      expect((await on.send(`${API}/auth/me`, { bearer: access_token })).json()).toMatchObject({ email: 'ada@example.org', role: 'member' });
      const refreshed = await on.send(`${API}/auth/refresh`, { json: { refresh_token } });
      const next = refreshed.json<Tokens>();
      // Seconds are counted down to the answer: some may have passed.
      expect([refreshed.status, next.refresh_token === refresh_token, refreshed.json()['expires_in']]).toEqual([200, false, expect.closeTo(1_800, -1)]);
      expect((await on.send(`${API}/auth/logout`, { method: 'POST', bearer: next.access_token })).status).toBe(204);
      const after = await on.send(`${API}/corpus/stats`, { bearer: next.access_token });
      expect([after.status, after.json()['code']]).toEqual([401, 'revoked-credential']);
      expect((await on.send(`${API}/auth/refresh`, { json: { refresh_token: next.refresh_token } })).status).toBe(401);
    });

    it('A2: roles open what their permissions say', async () => {
      const { access_token: reader } = await on.person('bob', 'reader');
      const paths = ['analyze', 'compress', 'patterns/detect'].map((path) => on.send(`${API}/${path}`, { json: { text: 'a' }, bearer: reader }));
      expect((await Promise.all(paths)).map(({ status }) => status)).toEqual([200, 403, 403]);
      expect((await on.send(`${API}/admin/keys`, { json: { name: 'mine', scopes: SCOPES }, bearer: reader })).status).toBe(403);
    });

    it('A2: an administrator makes a curator, who collects', async () => {
      await on.person('eve');
      const bearer = await on.administrator();
      const { accounts: [account] } = (await on.send(`${API}/admin/accounts?search=eve`, { bearer })).json<{ accounts: readonly { id: string }[] }>();
      expect((await on.send(`${API}/admin/accounts/${account?.id ?? ''}`, { method: 'PATCH', json: { roles: ['curator'] }, bearer })).status).toBe(200);
      const { access_token } = (await on.login('eve')).json<Tokens>();
      const collected = await on.send(`${API}/corpus/collect`, { json: { documents: [1, 2] }, bearer: access_token });
      expect([collected.status, collected.json()]).toEqual([201, { collected: 2 }]);
    });
  });

  describe('dhatu: limits', () => {
    it('L1: a bucket over all routes together, by role; what is heavy counts five times', async () => {
      const [plain, own] = [await on.key('plain', { scopes: SCOPES }), await on.key('own', { scopes: SCOPES, roles: ['service'] })];
      const study = (text: string) => on.send(`${API}/patterns/detect`, { json: {}, key: text });
      const first = await Promise.all(Array.from({ length: 24 }, () => study(plain.key)));
      // A minute of 60 and 20 more: 16 times 5, and what drips in meanwhile.
      const served = first.filter(({ status }) => status === 200).length;
      expect([served >= 16, served < 24, first.every(({ status }) => status === 200 || status === 429)]).toEqual([true, true, true]);
      const refused = first.find(({ status }) => status === 429);
      expect([refused?.json(), refused?.headers['retry-after']]).toEqual([expect.objectContaining({ code: 'too-many-requests', limit: 'minute' }), expect.stringMatching(/^\d+$/)]);
      expect((await Promise.all(Array.from({ length: 24 }, () => study(own.key)))).every(({ status }) => status === 200)).toBe(true);
    });

    it('L1: a key has limits of its own besides, and an SDK hears when to come back', async () => {
      const client = await DhatuSdk.generate({ baseURL: on.url, apiKey: (await on.key('slow', { scopes: SCOPES, limits: ['2/min'] })).key });
      await client.compress('once');
      await client.corpus.search('twice');
      const thrown = await client.compress('three times').catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(ApiError);
      expect(thrown).toMatchObject({ status: 429, retryAfter: expect.stringMatching(/^\d+$/) });
    });
  });

  describe('dhatu: answers that are kept, and those that stand in', () => {
    it('C1: a search is kept for who asked it, and for nobody else', async () => {
      const ask = async (text: string): Promise<unknown> => (await on.send(`${API}/corpus/search?q=kept`, { key: text })).headers['cache-status'];
      on.services.corpus.forget();
      expect([await ask(key), await ask(key)]).toEqual([expect.stringContaining('stored'), expect.stringContaining('hit')]);
      expect(await ask((await on.key('somebody', { scopes: SCOPES })).key)).toEqual(expect.stringContaining('fwd=uri-miss'));
      expect(on.services.corpus.heard.length).toBe(2);
    });

    it('T10: while the corpus fails: what was found before, else an empty list that says so', async () => {
      const again = on.services.corpus.on('GET /api/v1/corpus/search', () => ({ status: 503 }));
      const other = await on.send(`${API}/corpus/search?q=never-asked-before`, { key });
      expect([other.status, other.headers['x-degraded'], other.json()]).toEqual([200, 'static', { documents: [], degraded: true }]);
      again();
    });
  });

  describe('dhatu: what operators see', () => {
    it('O1: health, status, one service, without addresses', async () => {
      const health = await on.send(`${API}/health`);
      expect([health.status, health.json()]).toEqual([200, expect.objectContaining({
        status: 'healthy', service: 'dhatu-api-gateway', healthy_services: 3, total_services: 3,
        services: { compression: expect.objectContaining({ status: 'healthy', breaker: 'closed' }), corpus: expect.any(Object), analysis: expect.any(Object) },
      })]);
      expect(health.text).not.toContain('127.0.0.1');
      expect((await on.send(`${API}/status`)).json()).toMatchObject({ status: 'healthy', service: 'dhatu-api-gateway', version: '1.0.0', uptime: expect.any(Number) });
      expect((await on.send(`${API}/health/corpus`)).json()).toMatchObject({ status: 'healthy' });
      const dashboard = await on.send(`${API}/dashboard`, { bearer: await on.administrator() });
      expect([dashboard.status, dashboard.json()['code']]).toEqual([503, 'no-target']);
    });

    it('O2: figures of requests, services and the process', async () => {
      const { headers, text } = await on.send(`${API}/metrics`);
      expect(headers['content-type']).toMatch(/^text\/plain/);
      for (const part of [
        /^gateway_requests_total\{method="POST",endpoint="\/api\/v1\/compress",status_code="200"\} \d+$/m, /^gateway_request_duration_seconds_bucket\{/m, /^gateway_service_up\{service="corpus"\} 1$/m,
        /^gateway_cache_requests_total\{route="corpus-search",outcome="hit"\} \d+$/m, /^gateway_limit_requests_total\{[^}]*outcome="refused"\} \d+$/m, /^process_cpu_seconds_total /m, /^nodejs_heap_size_used_bytes /m,
      ]) expect(text).toMatch(part);
    });

    it('O6: how the API is used, and who depends on whom: for administrators', async () => {
      const bearer = await on.administrator();
      const analytics = (await on.send(`${API}/analytics`, { bearer })).json<{ perEndpoint: Record<string, number>; perService: Record<string, { requests: number }>; perConsumer: object }>();
      expect(analytics.perEndpoint[`${API}/compress`]).toBeGreaterThan(3);
      expect(analytics.perService['analysis']?.requests).toBeGreaterThan(16);
      expect((await on.send(`${API}/analytics.csv`, { bearer })).headers['content-type']).toMatch(/^text\/csv/);
      expect((await on.send(`${API}/topology`, { bearer })).json()).toMatchObject({ services: ['compression', 'corpus', 'analysis', 'dashboard'], calls: { analysis: expect.arrayContaining([`${API}/patterns/detect`]) } });
      for (const path of ['analytics', 'topology', 'admin/keys']) expect((await on.send(`${API}/${path}`, { key })).status).toBe(403);
      expect((await on.send(`${API}/admin/services`, { bearer })).status).toBe(200);
    });

    it('O7: documents for people', async () => {
      for (const at of ['/docs', `${API}/docs`, '/redoc']) expect((await on.send(at)).headers['content-type']).toMatch(/^text\/html/);
    });
  });
});
