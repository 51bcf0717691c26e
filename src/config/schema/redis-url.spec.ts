import { parseRedisUrl, type RedisUrl } from './redis-url.js';

const base: RedisUrl = { kind: 'standalone', tls: false, places: [{ host: 'h', port: 6379 }], username: null, password: null, database: 0, master: null };

it.each<[string, Partial<RedisUrl>]>([
  ['redis://h', {}],
  ['redis://h:6380/', { places: [{ host: 'h', port: 6380 }] }],
  ['rediss://h:6380/3', { tls: true, places: [{ host: 'h', port: 6380 }], database: 3 }],
  ['redis://:s3cret@h', { password: 's3cret' }],
  ['redis://app:p%40ss%2F%25@h', { username: 'app', password: 'p@ss/%' }],
  ['redis://app@h', { username: 'app' }],
  ['redis://[::1]:7000', { places: [{ host: '::1', port: 7000 }] }],
  ['redis+sentinel://a,b:5000/main', { kind: 'sentinel', places: [{ host: 'a', port: 26_379 }, { host: 'b', port: 5000 }], master: 'main' }],
  ['rediss+sentinel://u:p@a/main/2', { kind: 'sentinel', tls: true, places: [{ host: 'a', port: 26_379 }], master: 'main', database: 2, username: 'u', password: 'p' }],
  ['redis+cluster://:p@a:7000,b:7001', { kind: 'cluster', places: [{ host: 'a', port: 7000 }, { host: 'b', port: 7001 }], password: 'p' }],
  ['rediss+cluster://a/0', { kind: 'cluster', tls: true, places: [{ host: 'a', port: 6379 }] }],
])('reads %s', (text, expected) => expect(parseRedisUrl(text)).toEqual({ ...base, ...expected }));

const HIDDEN = 'hunter2';

it.each([
  'localhost:6379', 'http://h', 'redis:h', 'redis://', 'redis://h:x', 'redis://h:0', 'redis://h:65536', 'redis://h/one', 'redis://h/0/1', 'redis://h?db=1', 'redis://a,b', 'redis://h h',
  'redis+cluster://a/1', 'redis+cluster://a,', 'redis+sentinel://a', 'redis+sentinel://a/main/x', 'redis+proxy://a',
  `redis://:${HIDDEN}/x@h`, `redis://:${HIDDEN}@x@h`, `redis://:${HIDDEN}#@h`, `redis://:${HIDDEN}%@h`, `redis://:${HIDDEN} @h`, `:${HIDDEN}@h:6379`, `redis://u:${HIDDEN}@h:99999`, `redis://u:${HIDDEN}@h/one`,
])('refuses %s, and repeats nothing of it', (text) => {
  expect(() => parseRedisUrl(text)).toThrow(/./);
  expect(() => parseRedisUrl(text)).not.toThrow(HIDDEN);
});
