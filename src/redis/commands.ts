import { createHash } from 'node:crypto';
import type { Script } from '#libs/rate-limit';
import type { Courier } from './courier.js';
import type { RedisCommands } from './redis-connection.js';

const source = `
for at = 2, #ARGV do redis.call('SADD', KEYS[1], ARGV[at]) end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1
`;
/** Adds to a set that lives at least as long as it did. */
const ADD: Script = { source, sha: createHash('sha1').update(source).digest('hex') };

/** Runs a script by its name; by its text where Redis does not know it. Keys are whole. */
export function runScript(courier: Courier, { sha, source: text }: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
  return courier.send(keys[0] ?? null, ['EVALSHA', sha, String(keys.length), ...keys, ...args], text);
}

/** Removes what is there; keys are whole. @returns how many there were. */
export async function removeAll(courier: Courier, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0;
  const counts = await Promise.all(courier.together(keys).map((group) => courier.send(group[0] as string, ['UNLINK', ...group]) as Promise<number>));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A lifetime as Redis takes it: whole milliseconds, one at least; none for one without end. */
export function lifetimeArgs(lifetime: number): readonly string[] {
  return Number.isFinite(lifetime) ? ['PX', milliseconds(lifetime)] : [];
}

function milliseconds(lifetime: number): string {
  return String(Math.max(1, Math.ceil(lifetime)));
}

/** The commands of rooms. */
export function commandsOver(courier: Courier, prefix: string): RedisCommands {
  return {
    get: (key) => courier.send(prefix + key, ['GET', prefix + key]) as Promise<string | null>,
    set: async (key, value, lifetime) => {
      await courier.send(prefix + key, ['SET', prefix + key, value, ...lifetimeArgs(lifetime)]);
    },
    claim: async (key, value, lifetime) => (await courier.send(prefix + key, ['SET', prefix + key, value, 'NX', ...lifetimeArgs(lifetime)])) === 'OK',
    remove: (keys) => removeAll(courier, keys.map((key) => prefix + key)),
    addTo: async (key, members, lifetime) => {
      await runScript(courier, ADD, [prefix + key], [milliseconds(lifetime), ...members]);
    },
    members: (key) => courier.send(prefix + key, ['SMEMBERS', prefix + key]) as Promise<readonly string[]>,
    publish: async (channel, message) => {
      await courier.send(null, ['PUBLISH', prefix + channel, message]);
    },
  };
}
