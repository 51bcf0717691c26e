import { createHmac } from 'node:crypto';
import { Problem, type Exchange } from '#libs/kernel';
import { exchangeWith, problemOf, StillClock } from './auth.fixture.js';
import { SignatureMemories } from './hmac/signature-memory.js';
import { hmac } from './hmac.js';

const clock = new StillClock();
const memories = new SignatureMemories();
const authenticatorOf = (options: Record<string, unknown>) =>
  hmac.create(hmac.schema.parse({ clients: { shop: 'top' }, ...options }), { clock, name: 'signed', folder: '/', random: () => 0, resolve: () => memories as never });

/** The empty body, as anybody can look it up. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const NOW = String(clock.seconds());

function signed(text: string, { id = 'shop', secret = 'top', time = NOW, more = [] as [string, string][] } = {}, query = ''): Exchange {
  const signature = createHmac('sha256', secret).update(text).digest('base64');
  return exchangeWith([['X-Client-Id', id], ['X-Timestamp', time], ['X-Signature', signature], ...more], query);
}

const TEXT = `GET\n/thing\n${EMPTY}\n${NOW}\n`;

it('recognises the text of its page, without a promise where there is no body', () => {
  expect(authenticatorOf({}).authenticate(signed(TEXT))).toMatchObject({ id: 'shop', authenticator: 'signed', roles: [] });
});

it.each<[string, Record<string, unknown>, Exchange, Record<string, unknown>]>([
  ['further headers, in order, without their capitals', { signed: ['X-B', 'x-a'] }, signed(`${TEXT}x-a:1\nx-b:`, { more: [['X-A', '1']] }), {}],
  ['the query', { query: 'on' }, signed(TEXT.replace('/thing', '/thing?a=1'), {}, '?a=1'), {}],
  ['no query', {}, signed(TEXT, {}, '?a=1'), {}],
  ['a client with roles', { clients: { shop: { secret: ['old', 'top'], roles: 'app, cron', scopes: ['s'] } } }, signed(TEXT), { roles: ['app', 'cron'], scopes: ['s'] }],
  ['clients from the environment', { clients: ' shop:to:p ,b:c,' }, signed(TEXT, { secret: 'to:p' }), {}],
  ['two secrets from the environment', { clients: 'shop:a,shop:top' }, signed(TEXT), {}],
  ['at the edge of the tolerance', { tolerance: '10s' }, signed(TEXT.replace(NOW, String(clock.seconds(10))), { time: String(clock.seconds(10)) }), {}],
])('takes %s', (_what, options, exchange, principal) => {
  expect(authenticatorOf(options).authenticate(exchange)).toMatchObject({ id: 'shop', ...principal });
});

it.each<[string, Record<string, unknown>, Exchange, string]>([
  ['past the tolerance', { tolerance: '10s' }, signed(TEXT.replace(NOW, String(clock.seconds(11))), { time: String(clock.seconds(11)) }), 'signature-expired'],
  ['a time with a sign', {}, signed(TEXT, { time: `+${NOW}` }), 'signature-expired'],
  ['a query that is not signed', { query: 'on' }, signed(TEXT, {}, '?a=1'), 'signature-invalid'],
  ['a header that is not signed', { signed: 'X-A' }, signed(TEXT, { more: [['X-A', '1']] }), 'signature-invalid'],
  ['an unknown client', {}, signed(TEXT, { id: 'nobody' }), 'signing-key-unknown'],
  ['a client that is empty', {}, signed(TEXT, { id: '' }), 'signature-missing'],
])('refuses %s', async (_what, options, exchange, code) => {
  expect((await problemOf(() => authenticatorOf(options).authenticate(exchange))).type.code).toBe(code);
});

it('has nothing to say of a request without a signature, not even with a time', () => {
  expect(authenticatorOf({}).authenticate(exchangeWith([['X-Timestamp', NOW]]))).toBeNull();
});

it('knows nobody, and is not needed, where the file turns it off', () => {
  const authenticator = authenticatorOf({ clients: 'off' });
  expect(authenticator.off).toBe(true);
  expect(authenticator.authenticate(signed(TEXT))).toBeNull();
  expect(authenticatorOf({}).off).toBeUndefined();
});

it('remembers what was used, whatever it is built anew for', async () => {
  expect(authenticatorOf({ once: 'on' }).authenticate(signed(TEXT))).not.toBeInstanceOf(Problem);
  expect((await problemOf(() => authenticatorOf({ once: 'on' }).authenticate(signed(TEXT)))).type.code).toBe('signature-expired');
});

it.each(['shop', 'shop:', ':secret', 'shop:a,,b', ''])('refuses %j as clients at load', (clients) => {
  expect(hmac.schema.safeParse({ clients }).success).toBe(false);
});
