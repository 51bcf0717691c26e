import { encode } from '../../auth/auth.fixture.js';
import { digestOf, revocableOf, tokenDigest } from '../../auth/revocable.js';
import { askedRevocation, revocationsOf } from './asked-revocation.js';

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const token = (claims: object): string => `${encode({ alg: 'none' })}.${encode(claims)}.AAAA`;
const nameless = token({ sub: '7', exp: NOW / 1000 + 600 });

it.each<[string, object, object]>([
  ['an id', { kind: 'token', subject: 'j1' }, { subject: 'j1', before: 0, expiresAt: NOW + 30 * DAY }],
  ['an id for some time', { kind: 'session', subject: 's1', for: '12h' }, { subject: 's1', before: 0, expiresAt: NOW + DAY / 2 }],
  ['an owner', { kind: 'owner', subject: 'users:42' }, { subject: 'users:42', before: NOW }],
  ['the text of a token', { kind: 'token', subject: token({ jti: 'j1', exp: NOW / 1000 + 600 }) }, { subject: 'j1', expiresAt: NOW + 660_000 }],
  ['the text of one without an id', { kind: 'token', subject: nameless }, { subject: tokenDigest(nameless), expiresAt: NOW + 660_000 }],
  ['the text of one without an end', { kind: 'token', subject: token({ jti: 'j1' }) }, { subject: 'j1', expiresAt: NOW + 30 * DAY }],
  ['one without an end that can be', { kind: 'token', subject: token({ jti: 'j1', exp: 1e300 }) }, { subject: 'j1', expiresAt: NOW + 30 * DAY }],
  ['one that ends within a second', { kind: 'token', subject: token({ jti: 'j1', exp: NOW / 1000 + 600.0005 }) }, { subject: 'j1', expiresAt: NOW + 660_001 }],
  ['an id that is too long to be written down', { kind: 'session', subject: 's'.repeat(1_025) }, { subject: digestOf('s'.repeat(1_025)) }],
  ['text that only looks like one', { kind: 'token', subject: 'a.b.c' }, { subject: 'a.b.c' }],
])('revokes %s', (_what, asked, expected) => {
  expect(revocationsOf(askedRevocation.parse(asked), NOW)[0]).toMatchObject(expected);
});

it.each<[string, object, string]>([
  ['an owner of nobody', { kind: 'owner', subject: '42' }, 'account:42'],
  ['another kind', { kind: 'all', subject: 'x' }, 'token'],
  ['what no database keeps', { kind: 'token', subject: 'a\0' }, 'expected text'],
  ['nothing', { kind: 'token', subject: '' }, '>=1'],
  ['a time that is none', { kind: 'token', subject: 'x', for: 'soon' }, '12h or 30d'],
  ['a time without end', { kind: 'token', subject: 'x', for: '401d' }, 'at most 400d'],
])('refuses %s', (_what, asked, message) => {
  expect(() => askedRevocation.parse(asked)).toThrow(message);
});

it.each(['2YotnFZFEjr1zCsicMWpAA', '2YotnFZFEjr1zCsicMWpAA.b', '2YotnFZFEjr1zCsicMWpAA.b.c', 'x'.repeat(1_500)])('revokes a token that only its issuer understands by its text: %s', (text) => {
  const subjects = revocationsOf(askedRevocation.parse({ kind: 'token', subject: text }), NOW).map(({ subject }) => subject);
  expect(subjects).toContain(revocableOf(text, {}, 'users:7').token);
  expect(Math.max(...subjects.map(({ length }) => length))).toBeLessThanOrEqual(1_024);
});

it('revokes neither its neighbour, nor one that begins the same', () => {
  expect(new Set(['opaque.one', 'opaque.two', 'opaque', 'opaquf'].map((text) => tokenDigest(text))).size).toBe(4);
});
