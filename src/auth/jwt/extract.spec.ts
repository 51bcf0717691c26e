import { Exchange } from '#libs/kernel';
import { exchangeWith } from '../auth.fixture.js';
import { challengeScheme, compileExtraction, compileScrub } from './extract.js';
import type { TokenPlace } from './options.js';
import { TokenRefused } from './token-problem.js';

type Fields = readonly (readonly [string, string])[];
const JWT = 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln';

function upgrading(fields: Fields): Exchange {
  const exchange = exchangeWith(fields);
  exchange.upgrade = 'websocket';
  return exchange;
}

it.each<[string, TokenPlace, Exchange, string | null]>([
  ['bearer', { header: 'Authorization' }, exchangeWith([['Authorization', 'Bearer abc']]), 'abc'],
  ['bearer in another case', { header: 'Authorization', scheme: 'Bearer' }, exchangeWith([['authorization', 'bEARER  abc']]), 'abc'],
  ['bearer without a token', { header: 'Authorization' }, exchangeWith([['Authorization', 'Bearer']]), ''],
  ['another scheme', { header: 'Authorization' }, exchangeWith([['Authorization', 'Bearerabc']]), null],
  ['a header without scheme', { header: 'X-Token' }, exchangeWith([['x-token', 'abc']]), 'abc'],
  ['a header with a scheme', { header: 'X-Token', scheme: 'JWT' }, exchangeWith([['x-token', 'JWT abc']]), 'abc'],
  ['the query', { query: 'token' }, exchangeWith([], '?a=1&token=abc'), 'abc'],
  ['the same twice in the query', { query: 'token' }, exchangeWith([], '?token=abc&token=abc'), 'abc'],
  ['nothing in the query', { query: 'token' }, exchangeWith([], '?token=&a=token'), null],
  ['a cookie', { cookie: 'session' }, exchangeWith([['Cookie', 'a=b; session=abc; xsession=no']]), 'abc'],
  ['a cookie in quotes', { cookie: 'session' }, exchangeWith([['Cookie', 'session="abc"']]), 'abc'],
  ['another cookie', { cookie: 'session' }, exchangeWith([['Cookie', 'xsession=abc']]), null],
  ['a subprotocol', { websocketProtocol: 'access_token.' }, upgrading([['Sec-WebSocket-Protocol', 'chat, access_token.abc']]), 'abc'],
  ['a subprotocol without an upgrade', { websocketProtocol: 'access_token.' }, exchangeWith([['Sec-WebSocket-Protocol', 'access_token.abc']]), null],
])('finds %s', (_name, place, exchange, expected) => {
  expect(compileExtraction([place])(exchange)).toBe(expected);
});

it.each<[string, TokenPlace[], Exchange]>([
  ['two fields', [{ header: 'X-Token' }], exchangeWith([['X-Token', 'a'], ['x-token', 'a']])],
  ['two values in the query', [{ query: 'token' }], exchangeWith([], '?token=a&%74oken=b')],
  ['two cookies', [{ cookie: 't' }], exchangeWith([['Cookie', 't=a; t=b']])],
  ['two subprotocols', [{ websocketProtocol: 't.' }], upgrading([['Sec-WebSocket-Protocol', 't.a,t.b']])],
  ['two places', [{ header: 'Authorization' }, { cookie: 't' }], exchangeWith([['Authorization', 'Bearer a'], ['Cookie', 't=b']])],
])('refuses %s that differ', (_name, places, exchange) => {
  expect(() => compileExtraction(places)(exchange)).toThrow(new TokenRefused('ambiguous'));
});

it('takes one token in two places', () => {
  expect(compileExtraction([{ header: 'Authorization' }, { query: 't' }])(exchangeWith([['Authorization', 'Bearer a']], '?t=a'))).toBe('a');
});

it('cuts the query even when another place is refused first', () => {
  const exchange = exchangeWith([['Authorization', 'Bearer a'], ['Authorization', 'Bearer b']], '?t=c&keep=%20+');
  expect(() => compileExtraction([{ header: 'Authorization' }, { query: 't' }])(exchange)).toThrow(TokenRefused);
  expect(exchange.query).toBe('?keep=%20+');
});

it('keeps what it cut out of the query for services that want it there', () => {
  const exchange = exchangeWith([], '?token=abc&a=1');
  compileExtraction([{ query: 'token' }])(exchange);
  expect([exchange.query, exchange.queryToken]).toEqual(['?a=1', 'abc']);
});

it('scrubs what looks like a token, and nothing else', () => {
  const exchange = exchangeWith([], `?token=reset-7f3a&token=${JWT}&x=${JWT}`);
  compileScrub([{ query: 'token' }])?.(exchange);
  expect(exchange.query).toBe(`?token=reset-7f3a&x=${JWT}`);
});

it('has nothing to scrub where the query is not looked at', () => {
  expect(compileScrub([{ header: 'Authorization' }, { cookie: 't' }])).toBeNull();
});

it.each<[TokenPlace[], string]>([
  [[{ cookie: 't' }], 'Bearer'],
  [[{ query: 't' }, { header: 'Authorization', scheme: 'JWT' }], 'JWT'],
])('challenges %j with %s', (places, scheme) => {
  expect(challengeScheme(places)).toBe(scheme);
});
