import type { IncomingHttpHeaders } from 'node:http';
import { Exchange, HeaderList } from '#libs/kernel';
import { compileAnswerHead, type AnswerHeadParts } from './answer-head.js';
import { compileCors } from './cors.js';
import { compileResponseTime } from './response-time.js';
import { compileSecurityHeaders } from './security-headers.js';

const requestId = { header: 'X-Request-ID', trust: 'client', format: 'uuid', upstream: [], answer: 'X-Request-ID' } satisfies AnswerHeadParts['requestId'];
const nothing: AnswerHeadParts = {
  cors: null, securityHeaders: null, requestId: { ...requestId, answer: null }, responseTime: null, limits: null, farewell: null, clock: { now: () => 0, elapsed: () => 1_250 },
};
const cors = (upstream: 'strip' | 'keep') => compileCors({
  origins: ['https://a.org'], credentials: false, methods: ['GET'], headers: 'echo', expose: [], maxAge: 1_000, upstream,
});

function exchangeOf(method = 'GET', headers: IncomingHttpHeaders = { origin: 'https://a.org' }): Exchange {
  const exchange = new Exchange({ method, path: '/', query: '', headers, rawHeaders: [], startedAt: 1_000 });
  exchange.id = 'id-1';
  return exchange;
}

function applied(parts: Partial<AnswerHeadParts>, service: string[] = []): string[] {
  const headers = new HeaderList([...service]);
  compileAnswerHead({ ...nothing, ...parts }).apply(exchangeOf(), headers);
  return headers.flat;
}

const open = ['Access-Control-Allow-Origin', '*', 'Access-Control-Allow-Credentials', 'true'];

it.each<[string, Partial<AnswerHeadParts>, string[], string[]]>([
  ['nothing to say', {}, ['X-A', '1'], ['X-A', '1']],
  ['the request id, replacing the service’s', { requestId }, ['x-request-id', 'theirs'], ['x-request-id', 'id-1']],
  ['how long it took', { responseTime: compileResponseTime({ header: 'X-Took', unit: 's', decimals: 2 }) }, [], ['X-Took', '0.25']],
  ['security headers', { securityHeaders: compileSecurityHeaders({ 'X-Content-Type-Options': null, 'Referrer-Policy': null }) }, [], ['X-Frame-Options', 'DENY']],
  ['our CORS instead of the service’s', { cors: cors('strip') }, open, ['Vary', 'Origin', 'Access-Control-Allow-Origin', 'https://a.org']],
  ['the service’s CORS where it is kept', { cors: cors('keep') }, open, [...open, 'Vary', 'Origin']],
  ['the service’s CORS where we have none', {}, open, open],
])('%s', (_, parts, service, expected) => {
  expect(applied(parts, service)).toEqual(expected);
});

it('leaves the answer to a preflight whole', () => {
  const policy = cors('strip');
  const exchange = exchangeOf('OPTIONS', { origin: 'https://a.org', 'access-control-request-method': 'GET' });
  const headers = policy?.preflight(exchange)?.headers as HeaderList;
  const before = [...headers.flat];
  compileAnswerHead({ ...nothing, cors: policy }).apply(exchange, headers);
  expect(headers.flat).toEqual(before);
  expect(headers.get('access-control-allow-methods')).toBe('GET');
});
