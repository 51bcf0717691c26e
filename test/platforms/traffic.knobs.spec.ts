import { echoService, type EchoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { open, socketService } from '../support/websocket.js';

/** What the platforms ask of traffic, each said in the file alone; the numbers are those of the platforms' list of knobs. */
const HEAD = 'version: 1\nlog: { level: silent, access: off }\ndefaults: { authenticate: none }\n';

/** A service that answers as a map of paths says; what is not in it fails. */
function service(paths: Record<string, unknown>): Promise<EchoService> {
  return echoService((request, response) => {
    const path = (request.url as string).split('?')[0] as string;
    const status = path in paths ? 200 : 500;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(paths[path] ?? { error: 'no such thing' }));
  });
}

async function start(yaml: string, env: Record<string, string>): Promise<TestGateway> {
  return gateway(HEAD + yaml, { env });
}

it('3: a redirect of a service to itself leads the client to the public path', async () => {
  await using users = await echoService((request, response) => { response.writeHead(307, { location: `http://${request.headers.host as string}/users/` }).end(); });
  await using gw = await start('services: { user-service: { targets: "${USERS}" } }\nroutes: { users: { match: { path: /api/v1/users/** }, to: user-service, path: { strip: /api/v1 } } }', { USERS: users.url });
  const answer = await gw.fetch('/api/v1/users');
  expect([answer.status, answer.headers['location']]).toEqual([307, `${gw.url}/api/v1/users/`]);
});

describe('19: what counts for a breaker and a retry', () => {
  it('requests count and not their tries, reads are repeated on 502 to 504, a POST of 500 opens nothing', async () => {
    await using matching = await echoService((request, response) => { response.statusCode = request.method === 'POST' ? 500 : 503; response.end(); });
    await using gw = await start(`services:
  matching:
    targets: "\${MATCHING}"
    retry: { attempts: 3, methods: [GET], status: [502, 503, 504], backoff: { base: 1ms }, budget: off }
    breaker: { errorRate: off, failures: 5, counts: { status: [502, 503, 504], methods: [GET] }, open: 1m }
routes: { match: { match: { path: /match }, to: matching, errors: { body: { error: "{detail}", status_code: "{status}" }, only: { circuit-open: { status: 500 } } } } }`, { MATCHING: matching.url });
    for (let i = 0; i < 10; i++) expect((await gw.fetch('/match', { method: 'POST', body: '{}' })).status).toBe(500);
    for (let i = 0; i < 5; i++) expect((await gw.fetch('/match')).status).toBe(503);
    expect(matching.requests).toHaveLength(10 + 5 * 3);
    const refused = await gw.fetch('/match');
    expect([refused.status, refused.json()['status_code']]).toEqual([500, 500]);
    expect(matching.requests).toHaveLength(25);
  });
});

it('21: a list of algorithms stands in for a service that fails', async () => {
  await using matching = await service({});
  await using gw = await start(`services: { matching: { targets: "\${MATCHING}" } }
routes:
  algorithms:
    match: { path: /api/gateway/match/algorithms }
    to: matching
    path: { template: /api/v1/algorithms }
    fallback: { when: { status: [500, 502, 503, 504] }, chain: [{ status: 200, body: { algorithms: [smart, semantic], source: fallback } }] }`, { MATCHING: matching.url });
  const answer = await gw.fetch('/api/gateway/match/algorithms');
  expect([answer.status, answer.headers['x-degraded'], answer.json()]).toEqual([200, 'static', { algorithms: ['smart', 'semantic'], source: 'fallback' }]);
});

it('26: polls and the WebSocket of Socket.IO meet one target, under the path the service has', async () => {
  const services = await Promise.all([socketService(), socketService(), socketService()]);
  await using gw = await start(`services: { messaging: { targets: "\${MESSAGING}", balance: { use: sticky-cookie, name: io } } }
routes: { messaging: { match: { path: /ws/messaging/** }, to: messaging, path: { template: "/ws/{rest}" } } }`, { MESSAGING: services.map(({ url }) => url).join(',') });
  const poll = await gw.fetch('/ws/messaging/socket.io?transport=polling');
  const cookie = String(poll.headers['set-cookie']).split(';')[0] as string;
  for (let i = 0; i < 5; i++) await gw.fetch('/ws/messaging/socket.io?transport=polling', { headers: { cookie } });
  const [home] = services.filter(({ requests }) => requests.length > 0) as [(typeof services)[0]];
  expect(services.map(({ requests }) => requests.length).toSorted((a, b) => a - b)).toEqual([0, 0, 6]);
  const upgraded = home.next();
  const socket = await open(`${gw.url}/ws/messaging/socket.io?transport=websocket`, { headers: { cookie } });
  expect((await upgraded).request.url).toBe('/ws/socket.io?transport=websocket');
  socket.terminate();
  await Promise.all(services.map((each) => each.close()));
});

it('27: endless and partial answers arrive untouched', async () => {
  const frame = '--frame\r\nContent-Type: image/jpeg\r\n\r\n\u0000\u0001\r\n';
  await using camera = await echoService((request, response) => {
    if (request.headers.range) response.writeHead(206, { 'content-range': 'bytes 0-1/10', 'content-type': 'application/octet-stream', 'content-length': 2 }).end('ab');
    else response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' }).end(frame);
  });
  await using gw = await start('services: { camera: { targets: "${CAMERA}" } }\nroutes: { camera: { match: { path: /camera }, to: camera } }', { CAMERA: camera.url });
  const stream = await gw.fetch('/camera', { headers: { 'accept-encoding': 'gzip' } });
  expect([stream.headers['content-encoding'], stream.text]).toEqual([undefined, frame]);
  const part = await gw.fetch('/camera', { headers: { range: 'bytes=0-1' } });
  expect([part.status, part.headers['content-range'], part.text]).toEqual([206, 'bytes 0-1/10', 'ab']);
});

describe('30: two versions side by side', () => {
  it('a flag or a segment chooses, else nine in ten get the first; the answer says which', async () => {
    await using v1 = await service({ '/api/v1/match': { version: 1 } });
    await using v2 = await service({ '/api/v1/match': { version: 2 } });
    await using gw = await start(`services: { matching-v1: { targets: "\${V1}" }, matching-v2: { targets: "\${V2}" } }
routes:
  match:
    match: { path: /api/v1/match }
    to: matching-v1
    split:
      by: ip
      variants:
        v1: { weight: 90 }
        v2: { to: matching-v2, weight: 10, when: [{ header: { x-feature-flag: v2_enabled } }, { header: { x-user-segment: [beta, enterprise] } }] }
      answer: X-Service-Version`, { V1: v1.url, V2: v2.url });
    const ask = async (headers: Record<string, string> = {}) => {
      const answer = await gw.fetch('/api/v1/match', { headers });
      return `${String(answer.headers['x-service-version'])} ${String(answer.json()['version'])}`;
    };
    expect(await Promise.all([ask({ 'x-feature-flag': 'v2_enabled' }), ask({ 'x-user-segment': 'enterprise' })])).toEqual(['v2 2', 'v2 2']);
    const own = await ask();
    expect(['v1 1', 'v2 2']).toContain(own);
    for (let i = 0; i < 5; i++) expect(await ask({ 'x-user-segment': 'public' })).toBe(own);
  });
});

it('31: the statistics of two parsers are one answer, and say when one of them is missing', async () => {
  await using cv = await service({ '/api/stats': { parsed: 12 } });
  await using job = await service({});
  await using gw = await start(`services: { cv-parser: { targets: "\${CV}" }, job-parser: { targets: "\${JOB}" } }
routes:
  stats:
    match: { path: /api/gateway/parsers/stats }
    aggregate: { calls: { cv_parser: { to: cv-parser, path: /api/stats }, job_parser: { to: job-parser, path: /api/stats } } }`, { CV: cv.url, JOB: job.url });
  const answer = await gw.fetch('/api/gateway/parsers/stats');
  expect([answer.status, answer.headers['x-partial']]).toEqual([200, 'job_parser']);
  expect(answer.json()).toEqual({ cv_parser: { parsed: 12 }, job_parser: null, _missing: { job_parser: 'call-failed' } });
});
