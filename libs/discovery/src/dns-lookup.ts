import type { SrvData } from 'dns-packet';
import type { Address, Placement } from '#libs/kernel';
import type { Client } from './dns-client.js';
import { recordsOf, type Records } from './dns-records.js';

/** Kinds of addresses: both, IPv4, IPv6. */
type Family = 'address' | 'a' | 'aaaa';

/** How names become addresses. */
export interface Wanted {
  readonly name: string;
  readonly type: Family | 'srv';
  readonly scheme: 'http' | 'https';
  /** Missing where SRV records say it, or for that of the scheme. */
  readonly port?: number | undefined;
  /** Base path; empty for none. */
  readonly path: string;
}

/** Names of SRV records that are asked for at the same time. */
const AT_ONCE = 4;

/**
 * The whole list of a service's addresses, and for how many seconds it is good.
 * @throws Unanswered when a part of it cannot be had.
 */
export function look(client: Client, wanted: Wanted): Promise<Records<Address>> {
  return wanted.type === 'srv' ? byService(client, wanted) : byName(client, wanted, wanted.type);
}

async function byName(client: Client, wanted: Wanted, family: Family): Promise<Records<Address>> {
  const { data, ttl } = await hostsOf(client, wanted.name, family);
  return { data: data.map((host) => ({ url: urlOf(wanted, host, wanted.port), weight: 1, zone: '', priority: 0 })), ttl };
}

/** RFC 2782: weights and priorities are carried over. */
async function byService(client: Client, wanted: Wanted): Promise<Records<Address>> {
  const { data, ttl } = await recordsOf(client, wanted.name, 'SRV');
  // A target of "." says that the service is decidedly not there.
  const records = data.filter(({ target }) => target !== '.');
  const hosts = await hostsByName(client, [...new Set(records.map(({ target }) => target.toLowerCase()))]);
  const addresses = records.flatMap((record) => (hosts.get(record.target.toLowerCase())?.data ?? []).map((host) => ({ url: urlOf(wanted, host, record.port), ...placeOf(record) })));
  // Two names of one instance are one target: the best place it has.
  const best = new Map(addresses.toSorted((a, b) => b.priority - a.priority || a.weight - b.weight).map((address) => [address.url, address]));
  return { data: [...best.values()], ttl: Math.min(ttl, ...[...hosts.values()].map((records) => records.ttl)) };
}

/** Weight 0 is the least there is, which is 1 here. */
function placeOf({ priority = 0, weight = 0 }: SrvData): Placement {
  return { weight: Math.max(1, weight), zone: '', priority };
}

async function hostsByName(client: Client, names: readonly string[]): Promise<ReadonlyMap<string, Records<string>>> {
  const hosts = new Map<string, Records<string>>();
  const waiting = names.values();
  const work = async (): Promise<void> => {
    for (const name of waiting) hosts.set(name, await hostsOf(client, name, 'address'));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return hosts;
}

/** Where one family has none, the other alone says for how long that holds. */
async function hostsOf(client: Client, name: string, type: Family): Promise<Records<string>> {
  const [four, six] = await Promise.all([
    type === 'aaaa' ? NONE : recordsOf(client, name, 'A'),
    type === 'a' ? NONE : recordsOf(client, name, 'AAAA').then(({ data, ttl }) => ({ data: data.map((host) => `[${host}]`), ttl })),
  ]);
  const said = [four, six].filter(({ data }) => data.length > 0);
  return { data: [...four.data, ...six.data], ttl: Math.min(...(said.length > 0 ? said : [four, six]).map(({ ttl }) => ttl)) };
}

const NONE: Records<string> = { data: [], ttl: Number.POSITIVE_INFINITY };

function urlOf({ path, scheme }: Wanted, host: string, port: number | undefined): string {
  return `${scheme}://${host}${port === undefined ? '' : `:${port}`}${path}`;
}
