import { Exchange, Problem, problems, type Principal, type Route, type Target } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { compileAccessLine } from './access-line.js';
import type { LineConfig } from './line-config.js';

/** What the file says where it says nothing. */
export const PLAIN: LineConfig = { query: false, headers: [], redact: [], names: {}, rest: 'keep', add: {}, nulls: false, patterns: [] };

export const clock = new FakeClock(Date.UTC(2026, 0, 2, 3, 4, 5, 6));

interface Sent {
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An exchange that is over, after 12.346 ms. */
export function exchange(arrival: Sent = {}, slots: Partial<Exchange> = {}): Exchange {
  const opened = new Exchange({ method: 'GET', path: '/a', query: '', headers: {}, rawHeaders: [], startedAt: clock.elapsed() - 12.3456, ...arrival });
  return Object.assign(opened, { id: 'r-1', client: '192.0.2.1', status: 200 }, slots);
}

export const route = { name: 'users', service: { name: 'user-service' }, endpoint: null, template: '/users/:id', labels: { category: 'people' } } as unknown as Route;
export const target = { url: new URL('http://name:word@10.0.0.1:8001/base') } as Target;
export const principal: Principal = { id: '7', email: null, roles: ['teacher'], permissions: [], scopes: [], authenticator: 'users', claims: { tenant: 'acme' }, expiresAt: Number.POSITIVE_INFINITY };

/** All that a line may tell. */
export function full(): Exchange {
  return exchange({ headers: { 'user-agent': 'a "quoted" agent', accept: 'text/*' } }, {
    traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00f067aa0ba902b7', sampled: true, correlationId: 'c-1', upgrade: 'websocket', tries: 2, targetTime: 8.5, bytesIn: 3, bytesOut: 4,
    status: 502, route, target, principal, problem: new Problem(problems.targetUnreachable, 'x'), cached: 'miss', degraded: 'stale', version: 'v1', variant: 'canary', debugged: true,
    limits: [{ name: 'tight', binding: true, allowed: false, quota: 1, window: 1, remaining: 0, reset: 1, retryAfter: 1 }],
  });
}

export const lineOf = (of: Exchange, config: Partial<LineConfig> = {}): string => compileAccessLine({ ...PLAIN, ...config }, clock)(of);

export const fields = (of: Exchange, config: Partial<LineConfig> = {}): Record<string, unknown> => JSON.parse(lineOf(of, config)) as Record<string, unknown>;
