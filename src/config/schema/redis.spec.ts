import { redisOrNone, redisSchema } from './redis.js';

const messages = (value: object): readonly string[] => (redisSchema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

it('has defaults for all but the address', () => {
  const { url, ...rest } = redisSchema.parse({ url: 'redis://:s3cret@h' });
  expect(url.reveal()).toBe('redis://:s3cret@h');
  expect(rest).toEqual({ sentinel: {}, prefix: 'passerelle:', timeout: 50, connectTimeout: 1000, retry: 1000 });
});

it('takes credentials apart, for sentinels too', () => {
  const { password, sentinel } = redisSchema.parse({ url: 'redis+sentinel://a/main', username: 'u', password: 'p', sentinel: { password: 's' } });
  expect([password?.reveal(), sentinel.password?.reveal()]).toEqual(['p', 's']);
});

it('an empty password is none', () => {
  expect(redisSchema.parse({ url: 'redis://:s3cret@h', password: '' }).password).toBeUndefined();
});

it.each<[string, object, RegExp]>([
  ['an address that is none', { url: 'localhost' }, /^url: expected redis:/],
  ['a password twice', { url: 'redis://:a@h', password: 'b' }, /^password: this stands in `url` too/],
  ['a user twice', { url: 'redis://u@h', username: 'u' }, /^username: /],
  ['TLS settings without TLS', { url: 'redis://h', tls: {} }, /^tls: `url` does not ask for TLS/],
  ['sentinels’ credentials without sentinels', { url: 'redis://h', sentinel: { password: 's' } }, /^sentinel: /],
  ['a prefix with braces, which would decide the slot of every key', { url: 'redis://h', prefix: '{a}:' }, /^prefix: expected letters/],
  ['no time to answer', { url: 'redis://h', timeout: '0s' }, /^timeout: expected at least 1ms/],
  ['no time to connect', { url: 'redis://h', connectTimeout: '0ms' }, /^connectTimeout: expected at least 1ms/],
  ['no pause', { url: 'redis://h', retry: '1ms' }, /^retry: expected at least 10ms/],
  ['no prefix', { url: 'redis://h', prefix: '' }, /^prefix: /],
])('refuses %s', (_what, value, message) => expect(messages(value)).toEqual([expect.stringMatching(message)]));

it.each([['', undefined], ['redis://h', 'redis://h']])('an address of "%s" is %s', (url, expected) => expect(redisOrNone.parse({ url })?.url.reveal()).toBe(expected));
