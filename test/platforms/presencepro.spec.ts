import { jest } from '@jest/globals';
import { echoService } from '#libs/testing';
import { token } from '../support/jwt.js';
import { FRONTEND, presencepro, type PresencePro } from './presencepro.fixture.js';

// A whole platform starts here, often beside others.
jest.setTimeout(60_000);

/** As the platform's own tests make them: no `user_id`, no `type`, roles in English. */
const handMade = (role: string): Promise<string> => token({ sub: 'test_user', email: 'test@example.com', role, permissions: ['read', 'write'] });

const THIRTEEN = [
  'auth', 'users', 'students', 'teachers', 'parents', 'courses', 'classes', 'face-recognition', 'attendance', 'justifications', 'messaging', 'notifications', 'stats',
].map((name) => `/api/v1/${name}`);

describe('PresencePro: the checks of its own test suite', () => {
  let platform: PresencePro;
  beforeAll(async () => { platform = await presencepro(); });
  afterAll(() => platform[Symbol.asyncDispose]());

  it('O1: /health', async () => {
    const { status, body } = await platform.ask('/health');
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'healthy', service: 'gateway-service', version: '1.0.0', timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) });
  });

  it('O7: /gateway/info', async () => {
    const { status, body } = await platform.ask<Record<string, string[]>>('/gateway/info');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['service', 'version', 'environment', 'services', 'public_routes', 'admin_routes', 'teacher_routes']);
    expect(body).toMatchObject({ service: 'gateway-service', version: '1.0.0', environment: 'development' });
    expect(body['services']).toEqual(expect.arrayContaining(THIRTEEN));
    expect(body['public_routes']).toEqual(expect.arrayContaining(['/api/v1/auth/login', '/api/v1/auth/register', '/health', '/metrics', '/docs', '/redoc', '/openapi.json']));
    expect(body['admin_routes']).toEqual(expect.arrayContaining(['/api/v1/users', '/api/v1/stats/global', '/api/v1/notifications/broadcast']));
    expect(body['teacher_routes']).toEqual(expect.arrayContaining(['/api/v1/attendance', '/api/v1/justifications', '/api/v1/messaging']));
    expect(body['teacher_routes']).not.toContain('/api/v1/users');
  });

  it('O2: /metrics as text, under the names of its dashboards, with patterns instead of raw paths', async () => {
    await platform.fetch('/api/v1/attendance/1', { bearer: await handMade('teacher') });
    const response = await platform.fetch('/metrics');
    const text = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(/^gateway_requests_total\{method="GET",endpoint="\/api\/v1\/attendance\/\*\*",status_code="200"\} \d+$/m);
    expect(text).toContain('# TYPE gateway_request_duration_seconds histogram');
    expect(text).toMatch(/^gateway_active_connections \d+$/m);
    expect(text).not.toContain('/api/v1/attendance/1');
  });

  it.each([
    ['without a token', undefined],
    ['with a bad token', 'invalid_token'],
    ['with an expired token', 'expired'],
    ['with an unsigned token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwicm9sZSI6ImFkbWluIiwiZXhwIjo5OTk5OTk5OTk5fQ.'],
  ])('A1: 401 %s', async (_how, given) => {
    const bearer = given === 'expired' ? await token({ sub: '1', role: 'admin' }, Math.floor(Date.now() / 1_000) - 60) : given;
    const { status, headers, body } = await platform.ask('/api/v1/users', bearer === undefined ? {} : { bearer });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(body).toEqual({ detail: 'Authentification requise', message: 'Authentification requise' });
  });

  it('A2: 403 for a teacher on users', async () => {
    const { status, body } = await platform.ask('/api/v1/users', { bearer: await handMade('teacher') });
    expect(status).toBe(403);
    expect(body).toEqual({ detail: 'Accès refusé pour votre rôle', message: 'Accès refusé pour votre rôle' });
  });

  it.each([['teacher', '/api/v1/attendance'], ['admin', '/api/v1/users'], ['admin', '/api/v1/attendance']])('A2: a hand-made token of a %s reaches %s', async (role, path) => {
    const { status, body } = await platform.ask<{ total: number }>(path, { bearer: await handMade(role) });
    expect(status).toBe(200);
    expect(body.total).toBeGreaterThan(0);
  });

  it('CORS and security headers on /health', async () => {
    const { headers } = await platform.fetch('/health', { headers: { origin: FRONTEND } });
    expect(headers.get('access-control-allow-origin')).toBe(FRONTEND);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(Object.fromEntries(headers)).toMatchObject(SECURITY);
  });

  it.each(['/health', '/api/v1/users', '/nowhere', '/health/services'])('X-Request-ID and the security headers on %s', async (path) => {
    const { headers } = await platform.fetch(path);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(headers.get('x-gateway-response-time')).toMatch(/^\d+\.\d{4}$/);
    expect(Object.fromEntries(headers)).toMatchObject(SECURITY);
  });

  it('X4: 404 for an unknown route, with and without a token', async () => {
    const body = { detail: 'Route non trouvée', message: 'Route non trouvée', path: '/api/v1/unknown', method: 'GET' };
    expect(await platform.ask('/api/v1/unknown')).toMatchObject({ status: 404, body });
    expect(await platform.ask('/api/v1/unknown?token=x', { bearer: await handMade('admin') })).toMatchObject({ status: 404, body });
  });
});

describe('PresencePro, O1: /health/services', () => {
  it('counts healthy services, and tells no address', async () => {
    await using platform = await presencepro();
    const { status, body } = await platform.ask<{ services: Record<string, object> }>('/health/services');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'healthy', healthy_services: 9, total_services: 9, timestamp: expect.any(String) });
    expect(Object.keys(body.services)).toEqual(Object.keys(platform.platform.urls));
    expect(body.services['auth-service']).toEqual({ healthy: true, message: null, url: '/health/services/auth-service' });
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
  });

  it('stays 200 when a service is down, and when one says of itself that it is unwell', async () => {
    await using unwell = await echoService((_request, response) => response.end('{"status":"unhealthy"}'));
    await using platform = await presencepro({ services: { 'attendance-service': 'http://127.0.0.1:1', 'user-service': unwell.url } });
    const { status, body } = await platform.ask<{ services: Record<string, { message: string }> }>('/health/services');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'degraded', healthy_services: 7, total_services: 9 });
    expect(body.services['attendance-service']).toMatchObject({ healthy: false, message: 'refused the connection' });
    expect(body.services['user-service']).toMatchObject({ healthy: false, message: expect.stringContaining('status is not healthy') });
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|localhost/);
  });
});

const SECURITY = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'content-security-policy': "default-src 'self'",
};
