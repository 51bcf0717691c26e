import type { IncomingHttpHeaders } from 'node:http';
import { Exchange, HeaderList } from '#libs/kernel';
import { compileCors, dropCorsHeaders, isPreflight } from './cors.js';

type Setting = Exclude<Parameters<typeof compileCors>[0], 'off'>;

const base: Setting = {
  origins: ['https://app.example.org', 'https://*.preview.example.org'], credentials: false, methods: ['GET', 'POST'], headers: 'echo',
  expose: ['X-Request-ID'], maxAge: 600_000, upstream: 'strip',
};

function request(headers: IncomingHttpHeaders, method = 'GET'): Exchange {
  return new Exchange({ method, path: '/', query: '', headers, rawHeaders: [], startedAt: 0 });
}

function head(changes: Partial<Setting>, origin: string | undefined, service: string[] = []): Map<string, string> {
  const headers = new HeaderList([...service]);
  compileCors({ ...base, ...changes })?.head(request(origin === undefined ? {} : { origin }), headers);
  return read(headers);
}

function read({ flat }: HeaderList): Map<string, string> {
  return new Map(Array.from({ length: flat.length / 2 }, (_, i) => [(flat[2 * i] as string).toLowerCase(), flat[2 * i + 1] as string]));
}

const allowed = { 'access-control-expose-headers': 'X-Request-ID' };
const vary = { vary: 'Origin' };

describe('head', () => {
  it.each<[string, Partial<Setting>, string | undefined, Record<string, string>]>([
    ['a listed origin', {}, 'https://app.example.org', { ...vary, ...allowed, 'access-control-allow-origin': 'https://app.example.org' }],
    ['an origin of a pattern', {}, 'https://pr1.preview.example.org', { ...vary, ...allowed, 'access-control-allow-origin': 'https://pr1.preview.example.org' }],
    ['a listed origin with credentials', { credentials: true }, 'https://app.example.org',
      { ...vary, ...allowed, 'access-control-allow-origin': 'https://app.example.org', 'access-control-allow-credentials': 'true' }],
    ['another origin', {}, 'https://evil.com', vary],
    ['another origin with credentials', { credentials: true }, 'https://evil.com', vary],
    ['no origin', {}, undefined, vary],
    ['the null origin', {}, 'null', vary],
    ['the null origin when listed', { origins: ['null'] }, 'null', { ...vary, ...allowed, 'access-control-allow-origin': 'null' }],
    ['any origin', { origins: ['*'] }, 'https://x.org', { ...allowed, 'access-control-allow-origin': '*' }],
    ['any origin, none sent', { origins: ['*'] }, undefined, { ...allowed, 'access-control-allow-origin': '*' }],
    ['any origin never gets credentials', { origins: ['*'], credentials: true }, 'https://x.org', { ...allowed, 'access-control-allow-origin': '*' }],
    ['any origin beside a listed one', { origins: ['*', 'https://a.org'], credentials: true }, 'https://x.org', { ...vary, ...allowed, 'access-control-allow-origin': '*' }],
    ['a listed one beside any', { origins: ['*', 'https://a.org'], credentials: true }, 'https://a.org',
      { ...vary, ...allowed, 'access-control-allow-origin': 'https://a.org', 'access-control-allow-credentials': 'true' }],
    ['nothing exposed', { expose: [] }, 'https://app.example.org', { ...vary, 'access-control-allow-origin': 'https://app.example.org' }],
  ])('%s', (_, changes, origin, expected) => {
    expect(Object.fromEntries(head(changes, origin))).toEqual(expected);
  });

  it('says the same when it is called twice', () => {
    const headers = new HeaderList();
    const cors = compileCors(base);
    const exchange = request({ origin: 'https://app.example.org' });
    cors?.head(exchange, headers);
    const once = [...headers.flat];
    cors?.head(exchange, headers);
    expect(headers.flat).toEqual(once);
  });

  it('leaves what the service said where the file keeps it', () => {
    const service = ['Access-Control-Allow-Origin', 'https://own.org'];
    expect(head({ upstream: 'keep' }, 'https://app.example.org', service).get('access-control-allow-origin')).toBe('https://own.org');
    expect(head({ upstream: 'strip' }, 'https://app.example.org', service).get('access-control-allow-origin')).toBe('https://app.example.org');
  });
});

describe('preflight', () => {
  const ask = { origin: 'https://app.example.org', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a, content-type' };
  const everyVary = { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' };
  const preflight = (changes: Partial<Setting>, headers: IncomingHttpHeaders = ask) => compileCors({ ...base, ...changes })?.preflight(request(headers, 'OPTIONS'));

  it('tells methods, asked headers and how long to remember', () => {
    const answer = preflight({});
    expect(answer).toMatchObject({ status: 204, body: null });
    expect(Object.fromEntries(read(answer?.headers as HeaderList))).toEqual({
      ...everyVary, 'access-control-allow-origin': 'https://app.example.org', 'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'x-a, content-type', 'access-control-max-age': '600',
    });
  });

  it('tells the headers of the list', () => {
    expect(preflight({ headers: ['X-B', 'X-C'] })?.headers.get('access-control-allow-headers')).toBe('X-B, X-C');
  });

  it('does not echo what is no list of names', () => {
    expect(preflight({}, { ...ask, 'access-control-request-headers': 'x-a; "b"' })?.headers.get('access-control-allow-headers')).toBeUndefined();
  });

  it('answers another origin without any permission', () => {
    const answer = preflight({}, { ...ask, origin: 'https://evil.com' });
    expect(answer?.status).toBe(204);
    expect(Object.fromEntries(read(answer?.headers as HeaderList))).toEqual(everyVary);
  });

  it.each([
    ['GET', ask],
    ['OPTIONS', { origin: 'https://app.example.org' }],
    ['OPTIONS', { 'access-control-request-method': 'PUT' }],
  ])('%s with %j is none', (method, headers) => {
    expect(isPreflight(request(headers, method))).toBe(false);
    expect(compileCors(base)?.preflight(request(headers, method))).toBeNull();
  });
});

it('drops every CORS field and nothing else', () => {
  const headers = new HeaderList(['ACCESS-CONTROL-ALLOW-ORIGIN', '*', 'Access', '1', 'access-control-max-age', '5', 'Access-Controls-X', '2', 'Vary', 'Origin']);
  dropCorsHeaders(headers);
  expect(headers.flat).toEqual(['Access', '1', 'Access-Controls-X', '2', 'Vary', 'Origin']);
});

it('is nothing when off', () => {
  expect(compileCors('off')).toBeNull();
});
