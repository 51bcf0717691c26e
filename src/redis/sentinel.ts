import { z } from 'zod';
import type { RedisPlace } from '../config/schema/redis-url.js';
import { askAny, type Asking } from './ask.js';
import type { Client } from './client.js';

const address = z.tuple([z.string(), z.coerce.number().int()]);
const role = z.tuple([z.string()], z.unknown());

/**
 * Where the master is, as sentinels know it now; Redis documentation, "Guidelines for Redis clients with support for Redis
 * Sentinel".
 * @throws Error when none of them answers, or none knows the name.
 */
export async function whereMaster(sentinels: readonly RedisPlace[], name: string, asking: Pick<Asking, 'open' | 'timeout'>): Promise<RedisPlace> {
  const { reply } = await askAny(sentinels, { ...asking, command: ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name], who: 'the sentinels' });
  const found = address.safeParse(reply).data;
  if (!found) throw new Error(`the sentinels know no master called ${name}`);
  return { host: found[0], port: found[1] };
}

/** A sentinel may be behind: the server itself must say that it is the master. */
export async function assertMaster(client: Client): Promise<void> {
  const [what] = role.parse(await client.sendCommand(['ROLE']));
  if (what !== 'master') throw new Error('what the sentinels name as the master is none yet');
}
