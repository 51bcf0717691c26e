import { reasonOf, RedisAway } from './errors.js';

it.each<[unknown, string]>([
  [new Error('read ECONNRESET'), 'read ECONNRESET'],
  [new AggregateError([new Error('connect ECONNREFUSED ::1:6379'), new Error('connect ECONNREFUSED 127.0.0.1:6379')]), 'connect ECONNREFUSED ::1:6379'],
  [new AggregateError([], 'all of them'), 'all of them'],
  [new TypeError(), 'TypeError'],
  ['text', 'text'],
])('%s is told as %s', (error, reason) => expect(reasonOf(error)).toBe(reason));

it('says why', () => expect(new RedisAway('it is frozen').message).toBe('Redis cannot be asked: it is frozen'));
