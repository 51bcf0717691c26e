import { exchangeWith } from '../auth.fixture.js';
import { BrowserStore, fits } from './cookies.js';
import { oidcOptions } from './options.js';

const { cookie: settings } = oidcOptions.parse({ issuer: 'https://a.example.com', clientId: 'a', cookie: { secret: 'x'.repeat(32) } });
const store = new BrowserStore(settings, 'session', null);
const written = (exchange: ReturnType<typeof exchangeWith>): string[] => exchange.answerFields?.all('set-cookie') ?? [];
const sent = (fields: readonly string[]): [string, string][] => [['Cookie', fields.map((field) => field.replace(/;.*$/s, '')).join('; ')]];

it.each([[1, 1], [3_800, 1], [3_801, 2], [15_200, 4]])('keeps %i characters in %i cookies', (length, parts) => {
  const text = Array.from({ length }, (_, i) => 'abcdefghij'.charAt(i % 10)).join('');
  const exchange = exchangeWith();
  store.write(exchange, text);
  expect(written(exchange)).toHaveLength(parts);
  for (const field of written(exchange)) expect(field.replace(/;.*$/s, '').length).toBeLessThan(4_096);
  expect(store.read(exchangeWith(sent(written(exchange))))).toBe(text);
});

it('keeps no more than a header can bear', () => {
  expect([fits('x'.repeat(15_200)), fits('x'.repeat(15_201))]).toEqual([true, false]);
  expect(() => store.write(exchangeWith(), 'x'.repeat(15_201))).toThrow(/does not fit/);
});

it('says the last thing only, once, and takes away what is left of a larger one', () => {
  const exchange = exchangeWith([['Cookie', 'session=3~a; session.1=b; session.2=c; other=d']]);
  exchange.answerFields = null;
  store.write(exchange, 'x'.repeat(5_000));
  store.write(exchange, 'short');
  expect(written(exchange).map((field) => field.replace(/; .*$/s, ''))).toEqual(['session=1~short', 'session.1=', 'session.2=']);
  expect(written(exchange).slice(1).every((field) => field.includes('Max-Age=0'))).toBe(true);
});

it('reads over HTTPS only what HTTPS wrote', () => {
  const exchange = exchangeWith([['Cookie', 'session=1~planted; __Host-session=1~own']]);
  exchange.scheme = 'https';
  expect(store.read(exchange)).toBe('own');
  const planted = exchangeWith([['Cookie', 'session=1~planted']]);
  planted.scheme = 'https';
  expect(store.read(planted)).toBeNull();
});
