import { createServer, type AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { Exchange, Problem, problems } from '#libs/kernel';
import { echoService } from '#libs/testing';
import { loadConfig } from '../../src/config/index.js';
import { builtIns } from '../../src/extensions.js';
import { compileProblemRenderer } from '../../src/http/problem-renderer.js';
import { refused } from '../support/websocket.js';
import { SECRET } from '../support/jwt.js';
import { CONFIGURATION, presencepro, type PresencePro } from './presencepro.fixture.js';

// A whole platform starts here, often beside others.
jest.setTimeout(60_000);

/** What both kinds of client read. */
const saying = (text: string, more: object = {}): object => ({ detail: text, message: text, ...more });

/** Status, body and how long it took, of a request to a service at this address. */
async function answerOf(url: string, env: Record<string, string> = {}) {
  await using platform = await presencepro({ services: { 'attendance-service': url }, env });
  const bearer = await platform.login('enseignant');
  const startedAt = performance.now();
  const { status, body, headers } = await platform.ask('/api/v1/attendance/1', { bearer });
  return { status, body, text: JSON.stringify([body, ...headers]), took: performance.now() - startedAt };
}

describe('PresencePro, X4: when a service fails, its clients read why, and never where it is', () => {
  it('503 at once when nobody listens', async () => {
    const { status, body, text, took } = await answerOf('http://127.0.0.1:1');
    expect({ status, body }).toEqual({ status: 503, body: saying('Service indisponible') });
    expect(text).not.toContain('127.0.0.1');
    // SERVICE_TIMEOUT is far longer.
    expect(took).toBeLessThan(5_000);
  });

  it('504 when it takes longer than SERVICE_TIMEOUT', async () => {
    await using silent = await echoService(() => {});
    const { status, body } = await answerOf(silent.url, { SERVICE_TIMEOUT: '2' });
    expect({ status, body }).toEqual({ status: 504, body: saying('Service temporairement indisponible') });
  });

  it('502 when what it says is not HTTP', async () => {
    const server = createServer((socket) => { socket.on('error', () => {}); socket.once('data', () => socket.end('not HTTP\r\n\r\n')); });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { status, body } = await answerOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.close();
    expect({ status, body }).toEqual({ status: 502, body: saying('Erreur de communication avec le service') });
  });

  it('its own 500 and 503 stay what they are, and the next request gets through', async () => {
    let calls = 0;
    await using failing = await echoService((_request, response) => { calls++; response.writeHead(calls === 1 ? 503 : 200).end('{"detail":"base de données"}'); });
    await using platform = await presencepro({ services: { 'attendance-service': failing.url } });
    const bearer = await platform.login('admin');
    expect(await platform.ask('/api/v1/attendance', { bearer, json: {} })).toMatchObject({ status: 503, body: { detail: 'base de données' } });
    expect(await platform.ask('/api/v1/attendance', { bearer })).toMatchObject({ status: 200 });
    expect(calls).toBe(2);
  });
});

describe('PresencePro, X4: refusals of the gateway itself', () => {
  let platform: PresencePro;
  beforeAll(async () => { platform = await presencepro({ env: { UPLOAD_LIMIT: '1MiB' } }); });
  afterAll(() => platform[Symbol.asyncDispose]());

  it('T11: 413 for a file over the limit', async () => {
    const { status, body } = await platform.ask('/api/v1/justifications', { method: 'POST', body: Buffer.alloc((1 << 20) + 1), bearer: await platform.login('enseignant') });
    expect({ status, body }).toEqual({ status: 413, body: saying('Fichier trop volumineux') });
  });

  it('400 for a path that hides another', async () => {
    expect(await platform.ask('/api/v1/auth%2f..%2fusers')).toMatchObject({ status: 400, body: saying('Requête invalide') });
  });

  it('405 for a method that a built-in endpoint does not have', async () => {
    const { status, body, headers } = await platform.ask('/health', { method: 'DELETE' });
    expect({ status, body, allow: headers.get('allow') }).toEqual({ status: 405, body: saying('Méthode non autorisée'), allow: expect.stringMatching(/^GET, HEAD\b/) });
  });

  it('T12: a refused upgrade is answered like any other request', async () => {
    const answer = await refused(platform.socket('/ws/notifications'));
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(JSON.parse(answer.text)).toEqual(saying('Authentification requise'));
    const elsewhere = await refused(platform.socket('/api/v1/attendance'), { headers: { authorization: `Bearer ${await platform.login('admin')}` } });
    expect(JSON.parse(elsewhere.text)).toEqual(saying('Cette route n’accepte pas de WebSocket'));
    const evil = await refused(platform.socket(`/ws/notifications?token=${await platform.login('admin')}`), { origin: 'https://evil.example' });
    expect(evil.status).toBe(403);
  });

  it('500 with the id under which the log has the cause', async () => {
    const { config } = await loadConfig({ file: CONFIGURATION, env: { JWT_SECRET_KEY: SECRET }, builtIns });
    const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
    exchange.id = 'req_1';
    const answer = compileProblemRenderer(config.defaults.errors, config.forwarded).render(new Problem(problems.internal, 'a secret of ours'), exchange);
    expect(answer.status).toBe(500);
    expect(JSON.parse(Buffer.from(answer.body?.takeWhole() ?? []).toString())).toEqual(saying('Erreur interne du serveur', { request_id: 'req_1' }));
  });
});

describe('PresencePro: settings of its environment', () => {
  it.each([
    ['a JSON list', '["https://app.presencepro.example"]'],
    ['names with commas', 'https://app.presencepro.example, http://localhost:3000'],
  ])('CORS_ORIGINS as %s', async (_how, CORS_ORIGINS) => {
    await using platform = await presencepro({ env: { CORS_ORIGINS } });
    const { headers } = await platform.fetch('/health', { headers: { origin: 'https://app.presencepro.example' } });
    expect(headers.get('access-control-allow-origin')).toBe('https://app.presencepro.example');
  });

  it.each([
    ['GATEWAY_HOST', '127.0.0.2', ['server', 'host'], '127.0.0.2'],
    ['GATEWAY_PORT', '9000', ['server', 'port'], 9000],
    ['ENVIRONMENT', 'production', ['info', 'environment'], 'production'],
    ['LOG_LEVEL', 'INFO', ['log', 'level'], 'info'],
    ['LOG_LEVEL', 'WARNING', ['log', 'level'], 'warn'],
    ['HEALTH_CHECK_INTERVAL', '5', ['services', 'user-service', 'health', 'active', 'every'], 5_000],
    ['JWT_ALGORITHM', 'HS512', ['authenticate', 'users', 'algorithms'], ['HS512']],
    ['SERVICE_TIMEOUT', '20', ['defaults', 'timeout', 'firstByte'], 20_000],
    ['USER_SERVICE_URL', 'http://user-service:8002', ['services', 'user-service', 'targets', '0', 'url'], 'http://user-service:8002'],
    ['TRUSTED_PROXIES', '10.0.0.0/8,loopback', ['forwarded', 'trust'], ['10.0.0.0/8', 'loopback']],
  ])('%s=%s', async (name, value, path, expected) => {
    const { config } = await loadConfig({ file: CONFIGURATION, env: { JWT_SECRET_KEY: SECRET, [name]: value }, builtIns });
    expect(path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], config)).toEqual(expected);
  });

  it('JWT_SECRET_KEY is required', async () => {
    await expect(loadConfig({ file: CONFIGURATION, env: {}, builtIns })).rejects.toThrow('JWT_SECRET_KEY is not set');
  });
});
