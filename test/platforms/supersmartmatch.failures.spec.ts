import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#libs/testing';
import { SuperSmartMatchServices } from './stand-ins/supersmartmatch.js';
import { AUTH, SuperSmartMatch } from './supersmartmatch.fixture.js';

const G = '/api/gateway';

function file(size: number): FormData {
  const form = new FormData();
  form.set('file', new File([Buffer.alloc(size)], 'cv.pdf'));
  return form;
}

interface Started extends AsyncDisposable {
  readonly services: SuperSmartMatchServices;
  readonly platform: SuperSmartMatch;
  readonly bearer: string;
}

/** The platform, and somebody who signed in. @param env further variables. */
async function started(env: Record<string, string> = {}): Promise<Started> {
  const services = await SuperSmartMatchServices.start();
  const platform = await SuperSmartMatch.open({ env: { ...services.env, ...env }, services });
  const { access_token: bearer } = await platform.member('ada', 'recruteur');
  return { services, platform, bearer, [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose]() };
}

const envelope = (status_code: number, message: string, path: string): object => ({ error: true, message, detail: message, status_code, path });

describe('SuperSmartMatch, X4: when a service fails', () => {
  it('one that is away is 503 by its name, one that is slow 504; the others go on', async () => {
    await using on = await started({ JOB_PARSER_URL: 'http://127.0.0.1:1', HTTP_TIMEOUT: '1' });
    on.services.matching.on('POST /api/v1/match', () => 'hang');
    const [away, slow, other] = await Promise.all([
      on.platform.send(`${G}/parse-job/url`, { json: {}, bearer: on.bearer }), on.platform.send(`${G}/match`, { json: {}, bearer: on.bearer }), on.platform.send(`${G}/parse-cv/formats`, { bearer: on.bearer }),
    ]);
    expect([away.status, away.json()]).toEqual([503, envelope(503, 'Service job_parser indisponible', `${G}/parse-job/url`)]);
    expect([slow.status, slow.json()]).toEqual([504, envelope(504, 'Timeout du service matching', `${G}/match`)]);
    expect(other.status).toBe(200);
  });

  it('T7: five failures open the breaker, its own 500 do not; three successes close it', async () => {
    await using on = await started({ CIRCUIT_BREAKER_TIMEOUT: '3' });
    const ask = async (): Promise<number> => (await on.platform.send(`${G}/match/explain`, { json: {}, bearer: on.bearer })).status;
    const { matching } = on.services;
    matching.on('POST /api/v1/explain', () => ({ status: 500, json: { error: 'one file of many' } }));
    for (let i = 0; i < 10; i++) expect(await ask()).toBe(500);
    matching.on('POST /api/v1/explain', () => ({ status: 503, json: { error: 'Overloaded' } }));
    for (let i = 0; i < 5; i++) expect(await ask()).toBe(503);
    matching.forget();
    const open = await on.platform.send(`${G}/match/explain`, { json: {}, bearer: on.bearer });
    expect([open.status, open.json(), matching.heard.length]).toEqual([503, envelope(503, 'Service matching indisponible', `${G}/match/explain`), 0]);
    expect((await on.platform.send(`${G}/health/matching`)).json<{ health: object }>().health).toMatchObject({ circuit_breaker: 'open' });
    matching.on('POST /api/v1/explain', () => ({ json: { explanation: [] } }));
    // Not too often: requests count.
    await until(async () => {
      await sleep(200);
      return (await ask()) === 200;
    });
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200]);
  });

  it('O1: a service that answers 200 and says that it is unwell is; health stays 200, its own is 503', async () => {
    await using on = await started({ JOB_PARSER_URL: 'http://127.0.0.1:1' });
    on.services.cv.on('GET /health', () => ({ json: { status: 'unhealthy' } }));
    const all = await on.platform.send(`${G}/health`);
    expect([all.status, all.json()]).toEqual([200, expect.objectContaining({ status: 'degraded' })]);
    const services = all.json<{ services: Record<string, { status: string; error: string | null }> }>().services;
    expect(Object.entries(services).map(([name, { error, status }]) => [name, status, error !== null])).toEqual([['cv_parser', 'unhealthy', true], ['job_parser', 'unhealthy', true], ['matching', 'healthy', false]]);
    for (const name of ['cv_parser', 'job_parser']) expect((await on.platform.send(`${G}/health/${name}`)).status).toBe(503);
    const unknown = await on.platform.send(`${G}/health/history`);
    expect([unknown.status, unknown.json()]).toEqual([404, envelope(404, 'Service non trouvé', `${G}/health/history`)]);
  });
});

describe('SuperSmartMatch, X4: what a service says', () => {
  let on: Started;
  beforeAll(async () => { on = await started({ UPLOAD_LIMIT: '1MiB', APP_AUTHENTICATE: 'none' }); });
  afterAll(() => on[Symbol.asyncDispose]());

  it('what it says itself arrives untouched, but for its CORS', async () => {
    for (const [status, type, body] of [
      [400, 'application/json', '{"error":"Aucun fichier fourni"}'],
      [404, 'application/json', '{"error":"Endpoint not found","service":"SuperSmartMatch V2","available_endpoints":["/health"]}'],
      [422, 'application/json', '{"detail":[{"loc":["body","offers"],"msg":"field required","type":"value_error.missing"}]}'],
      [500, 'text/html; charset=utf-8', '<!doctype html><title>500 Internal Server Error</title>'],
    ] as const) {
      on.services.matching.on('POST /api/v1/match', () => ({ status, headers: { 'content-type': type, 'access-control-allow-origin': '*' }, body }));
      const reply = await on.platform.send(`${G}/match`, { json: {}, bearer: on.bearer });
      expect([reply.status, reply.headers['content-type'], reply.text, reply.headers['access-control-allow-origin']]).toEqual([status, type, body, undefined]);
    }
  });

  it('T8: what only reads is tried again, what may have changed something is not', async () => {
    let times = 0;
    on.services.cv.on('GET /api/formats', () => (++times < 3 ? { status: 503 } : { json: { formats: [] } }));
    expect([(await on.platform.send(`${G}/parse-cv/formats`, { bearer: on.bearer })).status, times]).toEqual([200, 3]);
    on.services.job.on('POST /api/parse-job/url', () => ({ status: 503, json: { error: 'busy' } }));
    on.services.job.forget();
    expect([(await on.platform.send(`${G}/parse-job/url`, { json: {}, bearer: on.bearer })).status, on.services.job.heard.length]).toEqual([503, 1]);
  });

  it('T17: the statistics of one parser stand without the other', async () => {
    const admin = await on.platform.administrator();
    const ask = () => on.platform.send(`${G}/parsers/stats`, { bearer: admin });
    // Neither has any today.
    expect((await ask()).status).toBe(503);
    on.services.cv.on('GET /api/stats', () => ({ json: { parsed: 12 } }));
    const one = await ask();
    expect([one.status, one.headers['x-partial'], one.json()]).toEqual([200, 'job_parser', expect.objectContaining({ cv_parser: { parsed: 12 }, job_parser: null })]);
    on.services.job.on('GET /api/stats', () => ({ json: { parsed: 3 } }));
    expect((await ask()).json()).toEqual({ cv_parser: { parsed: 12 }, job_parser: { parsed: 3 } });
  });

  it('T10: the list of algorithms is that of the service as soon as it has one', async () => {
    const ask = () => on.platform.send(`${G}/match/algorithms`, { bearer: on.bearer });
    expect([(await ask()).headers['x-degraded'], (await ask()).json()['status']]).toEqual(['static', 'fallback_data']);
    on.services.matching.on('GET /api/v1/algorithms', () => ({ json: ['smart-match'] }));
    expect([(await ask()).headers['x-degraded'], (await ask()).json()]).toEqual([undefined, ['smart-match']]);
  });

  it('T11: no more than the parsers take, as a form', async () => {
    const large = await on.platform.send(`${G}/parse-cv`, { form: file(1_100_000), bearer: on.bearer });
    expect([large.status, large.json()]).toEqual([413, envelope(413, 'Fichier trop volumineux', `${G}/parse-cv`)]);
    const json = await on.platform.send(`${G}/parse-cv`, { json: { file: 'x' }, bearer: on.bearer });
    expect([json.status, json.json()]).toEqual([415, envelope(415, 'Type de contenu non accepté', `${G}/parse-cv`)]);
    const nothing = new FormData();
    nothing.set('extract_skills', 'true');
    const lacking = await on.platform.send(`${G}/parse-cv`, { form: nothing, bearer: on.bearer });
    expect([lacking.status, lacking.json()]).toEqual([422, { detail: [{ loc: ['body', 'file'], msg: expect.any(String), type: 'value_error' }] }]);
    expect((await on.platform.send(`${G}/parse-cv`, { form: file(1_000_000), bearer: on.bearer })).status).toBe(200);
  });

  it('the pages of the app may do without a token where the operator says so, and only they', async () => {
    expect((await on.platform.send('/api/v1/cv/parse', { form: file(100) })).status).toBe(200);
    expect((await on.platform.send('/api/parse-job', { form: file(100) })).status).toBe(200);
    expect((await on.platform.send(`${G}/parse-cv`, { form: file(100) })).status).toBe(401);
  });
});

describe('SuperSmartMatch: whom a limit counts', () => {
  it('L1: the address of a login is that of the connection, unless a proxy is trusted', async () => {
    for (const [TRUSTED_PROXIES, last] of [['', 429], ['127.0.0.0/8', 401]] as const) {
      await using on = await started({ LOGIN_LIMIT: '3', RATE_LIMIT_BURST: '0', TRUSTED_PROXIES });
      const statuses = [];
      for (let i = 0; i < 4; i++) statuses.push((await on.platform.send(`${AUTH}/login`, { json: { email: `nobody${i}@example.org`, password: 'guessed-it' }, headers: { 'x-forwarded-for': `203.0.113.${i}`, 'x-real-ip': `203.0.113.${i}` } })).status);
      expect(statuses).toEqual([401, 401, 401, last]);
    }
  });
});
