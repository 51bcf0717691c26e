import { onBothWays } from './both-ways.js';
import { formOf } from './stand-ins/service.js';
import { SuperSmartMatchServices } from './stand-ins/supersmartmatch.js';
import { AUTH, SuperSmartMatch, type Tokens } from './supersmartmatch.fixture.js';

const G = '/api/gateway';
const PAGES = 'https://bapt252.github.io';

/** A CV as a browser sends it. */
function upload(size = 2_000, fields: Record<string, string> = {}): FormData {
  const form = new FormData();
  form.set('file', new File([Buffer.alloc(size, 'John Doe ')], 'test_cv.txt', { type: 'text/plain' }));
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

onBothWays((open) => {
  let services: SuperSmartMatchServices;
  let platform: SuperSmartMatch;
  let candidate: Tokens;
  beforeAll(async () => {
    services = await SuperSmartMatchServices.start();
    platform = await SuperSmartMatch.open({ open, env: services.env, services });
    candidate = await platform.member('candidate');
  });
  afterAll(() => platform[Symbol.asyncDispose]());

  describe('SuperSmartMatch: the checks of its own test suite', () => {
    it('O1: status, at once, five times in a row and ten times together', async () => {
      const started = performance.now();
      const { json, status } = await platform.send(`${G}/status`);
      expect(performance.now() - started).toBeLessThan(5_000);
      expect([status, json()]).toEqual([200, { status: 'ok', service: 'SuperSmartMatch V2 API Gateway', version: '2.1.0', timestamp: expect.stringMatching(/Z$/) }]);
      for (let i = 0; i < 5; i++) expect((await platform.send(`${G}/status`)).status).toBe(200);
      expect((await Promise.all(Array.from({ length: 10 }, () => platform.send(`${G}/status`)))).map((reply) => reply.status)).toEqual(Array(10).fill(200));
    });

    it.each([`${G}/health`, '/health'])('O1: %s has the three services, and no address', async (at) => {
      const { json, status, text } = await platform.send(at);
      expect([status, json()['status']]).toEqual([200, 'healthy']);
      expect(Object.keys(json()['services'] as object)).toEqual(['cv_parser', 'job_parser', 'matching']);
      expect(json()).toMatchObject({
        services: { matching: { service_name: 'matching', status: 'healthy', response_time: expect.any(Number), last_check: expect.stringMatching(/Z$/), error: null, version: '1.0.0', uptime: null } },
        gateway_info: { name: 'SuperSmartMatch V2 API Gateway', version: '2.1.0', environment: 'development', services_managed: 3 },
        performance_metrics: { health_check_duration: expect.any(Number), healthy_services_ratio: 1, gateway_uptime: expect.any(Number) },
      });
      expect(text).not.toContain('127.0.0.1');
    });

    it.each(['cv_parser', 'job_parser', 'matching'])('O1: the health of %s alone', async (name) => {
      const { json, status } = await platform.send(`${G}/health/${name}`);
      expect([status, json()]).toEqual([200, { service: name, timestamp: expect.any(String), health: expect.objectContaining({ status: 'healthy', circuit_breaker: 'closed' }) }]);
    });

    it('A4: register, sign in, me, and a dummy refresh token', async () => {
      const who = { email: 'test@supersmartmatch.com', password: 'TestPassword123!', full_name: 'Test User', role: 'candidat' };
      const made = await platform.send(`${AUTH}/register`, { json: who });
      expect([made.status, made.json()]).toEqual([201, expect.objectContaining({ token_type: 'bearer', access_token: expect.any(String), refresh_token: expect.any(String) })]);
      expect((await platform.send(`${AUTH}/register`, { json: who })).status).toBe(400);
      const login = await platform.login(who.email, who.password);
      expect([login.status, (await platform.me()).status]).toEqual([200, 401]);
      const me = await platform.me(login.json<Tokens>().access_token);
      expect([me.status, me.json()['email']]).toEqual([200, who.email]);
      expect((await platform.refresh('dummy_token')).status).toBe(401);
    });

    it.each<[string, () => Parameters<SuperSmartMatch['send']>, object]>([
      ['formats', () => [`${G}/parse-cv/formats`], { status: 'success', data: { formats: expect.arrayContaining(['pdf']) } }],
      ['parse-cv', () => [`${G}/parse-cv`, { form: upload(2_000, { extract_skills: 'true', extract_experience: 'true' }) }], { status: 'success', data: expect.objectContaining({ filename: 'test_cv.txt', size: 2_000, options: 'true' }) }],
      ['parse-job', () => [`${G}/parse-job`, { form: upload() }], { status: 'success', data: expect.objectContaining({ size: 2_000 }) }],
      ['algorithms', () => [`${G}/match/algorithms`], { algorithms: expect.arrayContaining(['hybrid_ensemble']), status: 'fallback_data', note: expect.any(String) }],
      ['match', () => [`${G}/match`, { json: { candidate: { skills: ['Python'] }, offers: [{ id: 1 }] } }], { matches: [{ offer_id: 1, score: 0.87 }], algorithm: 'smart-match' }],
    ])('T1: %s, as the service answers it', async (_name, request, expected) => {
      const [path, sent] = request();
      const reply = await platform.send(path, { ...sent, bearer: candidate.access_token });
      expect([reply.status, reply.json()]).toEqual([200, expected]);
      for (const header of ['limit', 'remaining', 'reset', 'window']) expect(reply.headers[`x-ratelimit-${header}`]).toMatch(/^\d+$/);
      expect([reply.headers['x-request-id'], reply.headers['x-process-time']]).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), expect.stringMatching(/^\d+\.\d{3}$/)]);
      expect(reply.headers['server']).toBeUndefined();
    });

    it('X4: 404 without a token, and invalid JSON is refused by who reads it', async () => {
      const unknown = await platform.send(`${G}/nonexistent`);
      expect([unknown.status, unknown.json()]).toEqual([404, { error: true, message: 'Ressource introuvable', detail: 'Ressource introuvable', status_code: 404, path: `${G}/nonexistent` }]);
      const invalid = await platform.send(`${G}/match`, { body: 'invalid json content', bearer: candidate.access_token, headers: { 'content-type': 'application/json' } });
      expect([invalid.status, invalid.json()]).toEqual([400, { error: 'Invalid JSON' }]);
    });

    it('O2: metrics as text, under the names of the platform, without addresses', async () => {
      const { headers, status, text } = await platform.send(`${G}/metrics`);
      expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/plain/)]);
      for (const part of [
        /^# HELP supersmartmatch_gateway_up /m, /^# TYPE supersmartmatch_gateway_up gauge$/m, /^supersmartmatch_gateway_up 1$/m, /^supersmartmatch_service_up\{service="matching"\} 1$/m,
        /^supersmartmatch_service_response_time\{service="cv_parser"\} /m, /^supersmartmatch_gateway_health_check_duration /m, /^supersmartmatch_gateway_healthy_services_ratio 1$/m,
        /^supersmartmatch_gateway_requests_total\{method="POST",endpoint="\/api\/gateway\/match",status_code="200"\} \d+$/m,
      ]) expect(text).toMatch(part);
      expect(text).not.toContain('127.0.0.1');
    });

    it('O7: the root with and without a slash, the documents', async () => {
      for (const at of [G, `${G}/`]) expect((await platform.send(at)).json()).toMatchObject({ service: 'SuperSmartMatch V2 API Gateway', version: '2.1.0', status: 'operational', endpoints: { auth: `${G}/auth` } });
      for (const at of ['docs', 'redoc']) expect((await platform.send(`${G}/${at}`)).headers['content-type']).toMatch(/^text\/html/);
      expect((await platform.send(`${G}/openapi.json`)).json()['openapi']).toMatch(/^3/);
    });
  });

  describe('SuperSmartMatch: its clients', () => {
    it('T11: an upload arrives byte by byte, as a form, at the path the parser has', async () => {
      const reply = await platform.send(`${G}/parse-cv`, { form: upload(3_000_000, { extract_languages: 'false' }), bearer: candidate.access_token });
      expect([reply.status, reply.json<{ data: object }>().data]).toEqual([200, expect.objectContaining({ size: 3_000_000 })]);
      const form = await formOf(services.cv.last);
      expect([services.cv.last.path, form?.get('extract_languages')]).toEqual(['/api/parse-cv/', 'false']);
    });

    it('X4: the Next.js app parses under its own names, and reads `detail` where it may not', async () => {
      const form = (): FormData => upload(500, { force_refresh: 'true', detailed_mode: 'false' });
      expect((await platform.send('/api/v1/cv/parse', { form: form() })).json()).toEqual({ error: true, message: expect.any(String), detail: "Token d'authentification manquant", code: 'MISSING_TOKEN' });
      expect((await platform.send('/api/v1/cv/parse', { form: form(), bearer: candidate.access_token })).status).toBe(200);
      expect((await formOf(services.cv.last))?.get('force_refresh')).toBe('true');
      expect((await platform.send('/api/parse-job', { form: form(), bearer: candidate.access_token })).status).toBe(200);
      // No parser of today has a queue: what it says of that arrives as it is.
      const queued = await platform.send('/api/queue?priority=high', { form: form(), bearer: candidate.access_token });
      expect([queued.status, queued.json(), services.job.last.query.get('priority')]).toEqual([404, { error: 'Endpoint non trouvé' }, 'high']);
      expect((await platform.send('/api/result/7', { bearer: candidate.access_token })).status).toBe(404);
    });

    it('CORS: the pages may, whatever a service says, on every answer; others may not', async () => {
      const preflight = await platform.send(`${G}/match`, { method: 'OPTIONS', headers: { origin: PAGES, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' } });
      expect([preflight.status, preflight.headers['access-control-allow-origin'], preflight.headers['access-control-allow-headers']]).toEqual([204, PAGES, 'authorization,content-type']);
      const answers = [
        await platform.send(`${G}/parse-cv/formats`, { bearer: candidate.access_token, headers: { origin: PAGES } }),
        await platform.send(`${AUTH}/me`, { headers: { origin: PAGES } }),
        await platform.send(`${G}/nonexistent`, { headers: { origin: PAGES } }),
      ];
      for (const { headers } of answers) expect([headers['access-control-allow-origin'], headers['access-control-expose-headers']]).toEqual([PAGES, expect.stringContaining('X-RateLimit-Remaining')]);
      expect((await platform.send(`${G}/parse-cv/formats`, { bearer: candidate.access_token, headers: { origin: 'https://elsewhere.example' } })).headers['access-control-allow-origin']).toBeUndefined();
    });

    it('HEAD goes where GET goes', async () => {
      const { status, text } = await platform.send(`${G}/parse-cv/formats`, { method: 'HEAD', bearer: candidate.access_token });
      expect([status, text]).toEqual([200, '']);
    });

    it('A2: a batch is for recruiters, 403 as it is; statistics and details are for administrators', async () => {
      const [recruiter, admin] = [(await platform.member('recruiter', 'recruteur')).access_token, await platform.administrator()];
      const batch = async (bearer: string): Promise<unknown> => (await platform.send(`${G}/match/batch`, { json: { candidates: [], jobs: [] }, bearer })).status;
      // The service has no batch: its own 404 shows that it was asked.
      expect([await batch(candidate.access_token), await batch(recruiter), await batch(admin)]).toEqual([403, 404, 404]);
      expect((await platform.send(`${G}/health/detailed/all`, { bearer: recruiter })).status).toBe(403);
      const detailed = await platform.send(`${G}/health/detailed/all`, { bearer: admin });
      expect(detailed.json()).toMatchObject({ basic_health: { status: 'healthy' }, detailed_metrics: { circuit_breakers: { matching: { state: 'closed', failure_count: 0 } } } });
      expect((await platform.send(`${G}/health/reset-cache`, { method: 'POST', bearer: admin })).json()).toEqual({ message: 'Cache réinitialisé avec succès' });
      expect((await platform.send(`${G}/admin/services`, { bearer: admin })).status).toBe(200);
    });

    it('L1: a bucket begins with its rate, and X-Real-IP of nobody we trust makes no other', async () => {
      const recruiter = (await platform.member('busy', 'recruteur')).access_token;
      const asked = [];
      for (let i = 0; i < 7; i++) asked.push(await platform.send(`${G}/parse-job/batch`, { json: [], bearer: recruiter, headers: { 'x-real-ip': `203.0.113.${i}` } }));
      expect(asked.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 429, 429]);
      expect(asked[6]?.json()).toEqual({ error: true, message: 'Trop de requêtes', detail: 'Trop de requêtes', code: 'RATE_LIMIT_EXCEEDED', retry_after: expect.any(Number) });
      expect(asked[6]?.headers).toMatchObject({ 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '0', 'x-ratelimit-window': '60' });
      // Another path has a bucket of its own.
      expect((await platform.send(`${G}/parse-job/url`, { json: {}, bearer: recruiter })).status).toBe(404);
    });

    it('A4: after a logout nothing of the login goes on', async () => {
      const here = await platform.member('leaving');
      expect((await platform.send(`${AUTH}/logout`, { method: 'POST', bearer: here.access_token })).json()).toEqual({ message: 'Déconnexion réussie' });
      const after = await platform.send(`${G}/match/algorithms`, { bearer: here.access_token });
      expect([after.status, after.json()['code'], (await platform.refresh(here.refresh_token)).status]).toEqual([401, 'TOKEN_REVOKED', 401]);
    });
  });
});
