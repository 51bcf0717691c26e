import { exchangeOf, type Given } from '../test/exchange.js';
import { compileCall } from './call-request.js';

const CALL = { method: 'GET', path: '/x', query: {} };

function called(settings: Partial<typeof CALL>, given: Given = {}): { url: string; method: string; headers: readonly string[]; body: unknown } {
  const exchange = exchangeOf(given);
  compileCall({ ...CALL, ...settings })(exchange);
  const { body, headers, method, path, query } = exchange.outgoing;
  return { url: path + query, method, headers: headers.flat, body };
}

it.each<[Partial<typeof CALL>, Given, string]>([
  [{}, { url: '/a?b=c' }, '/x'],
  [{}, { url: '/a/' }, '/x'],
  [{ path: '/x/{id}' }, { params: { id: 'a%20b' } }, '/x/a%20b'],
  [{ path: '/x/{principal.id}' }, { principal: { id: 'a?b#c' } }, '/x/a%3Fb%23c'],
  [{ query: { q: '{request.query.q}', p: '{request.query.p}', fixed: 'on' } as never }, { url: '/a?q=1%262' }, '/x?q=1%262&fixed=on'],
])('%j of %j asks for %s', (settings, given, url) => expect(called(settings, given).url).toBe(url));

it('leaves what is about the client’s body and copy behind, and asks for JSON', () => {
  const headers = { Accept: 'text/html', 'If-None-Match': '"a"', RANGE: 'bytes=0-1', 'Content-Type': 'text/plain', 'Content-Length': '3', 'Accept-Language': 'fr', 'X-User-ID': '7' };
  expect(called({ method: 'POST' }, { method: 'PUT', headers, body: ['abc'] })).toEqual({
    url: '/x', method: 'POST', body: null, headers: ['Accept-Language', 'fr', 'X-User-ID', '7', 'accept', 'application/json'],
  });
});

it.each(['../x', '{rest}/../y'])('never makes an unsafe path of %s', (text) => {
  expect(() => called({ path: `/x/${text}` }, { params: { rest: 'a' } })).toThrow();
});

it('refuses a request that lacks what the path needs', () => {
  expect(() => called({ path: '/x/{request.query.q}' })).toThrow(/needs request\.query\.q/);
});

it('checks the names against the pattern', () => {
  expect(() => compileCall({ ...CALL, path: '/x/{no}' }, ['id'])).toThrow(/unknown placeholder \{no\}/);
});
