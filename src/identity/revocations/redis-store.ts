import { createHash } from 'node:crypto';
import { Problem, problems } from '#libs/kernel';
import type { Script } from '#libs/rate-limit';
import type { Revocation } from '../../auth/revocations.js';
import type { RedisConnection } from '../../redis/index.js';
import { readRevocations, revocationText } from './revocation-schema.js';
import type { RevocationStore } from './store.js';

const KEY = 'revocations';
/** Revocations read by one command: it has to be done within `redis.timeout`. */
const PAGE = 500;

/** The member, when it ends, what has ended by now, and milliseconds that the set must live at least. */
const add = script(`
local added = redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return added`);

const page = script(`return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf', 'LIMIT', ARGV[2], ARGV[3])`);

/** One sorted set, by when they end; it is gone when the last of them is. */
export class RedisRevocations implements RevocationStore {
  constructor(private readonly redis: RedisConnection) {}

  async *load(now: number): AsyncGenerator<readonly Revocation[]> {
    for (let from = 0; ; from += PAGE) {
      const members = (await this.redis.run(page, [KEY], [String(now), String(from), String(PAGE)])) as readonly string[];
      if (members.length > 0) yield members.flatMap((member) => readRevocations(`[${member}]`));
      if (members.length < PAGE) return;
    }
  }

  /** @returns whether it was not there. */
  async add(revocation: Revocation, now: number): Promise<boolean> {
    const { expiresAt } = revocation;
    try {
      const added = await this.redis.run(add, [KEY], [revocationText(revocation), String(expiresAt), String(now), String(Math.ceil(Math.max(1, expiresAt - now)))]);
      return added === 1;
    } catch (cause) {
      throw new Problem(problems.revocationsAway, 'Redis cannot be asked now, and nothing was revoked; repeat the request a little later.', { headers: { 'Retry-After': '1' }, cause });
    }
  }
}

function script(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
