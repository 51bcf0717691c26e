import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { parseForwarded, type ForwardedHop } from './forwarded-header.js';
import { plainAddress, readAddress } from './network-address.js';

/** Whether an address is a proxy of ours. */
export type Trust = (address: string) => boolean;

const REMEMBERED = 1_024;
const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/**
 * Compiles `forwarded.trust`: addresses, networks in CIDR form, `loopback`, `private`.
 * @throws Error when an entry is none of these.
 */
export function compileTrust(list: readonly string[]): Trust {
  if (list.length === 0) return () => false;
  const networks = new BlockList();
  for (const entry of list.flatMap((name) => NETWORKS[name] ?? [name])) add(networks, entry);
  const known = new Map<string, boolean>();
  return (address) => {
    const before = known.get(address);
    if (before !== undefined) return before;
    const family = isIP(address);
    const trusted = family !== 0 && networks.check(address, family === 4 ? 'ipv4' : 'ipv6');
    // Anybody can put addresses into a header: the memory must not grow with them.
    if (known.size >= REMEMBERED) known.clear();
    known.set(address, trusted);
    return trusted;
  };
}

function add(networks: BlockList, entry: string): void {
  const [address, prefix, more] = entry.split('/') as [string, string?, string?];
  const family = isIP(address);
  const longest = family === 4 ? 32 : 128;
  const bits = prefix === undefined ? longest : Number(prefix);
  if (family === 0 || more !== undefined || prefix === '' || !Number.isInteger(bits) || bits < 0 || bits > longest) {
    throw new Error(`forwarded.trust: "${entry}" is neither an address, a network such as 10.0.0.0/8, "loopback" nor "private"`);
  }
  networks.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
}

/** What the proxies in front say, as far as they are believed. */
export interface Believed {
  /** Addresses from the peer outwards; the last is the client. */
  readonly chain: readonly string[];
  /** `null` when nobody said it: the connection's own counts. */
  readonly scheme: 'http' | 'https' | null;
  readonly host: string | null;
}

/** Who the client is, and what it asked for. */
export interface Client {
  readonly client: string;
  readonly scheme: 'http' | 'https' | null;
  readonly host: string | null;
  /** The peer is a proxy of ours. */
  readonly trusted: boolean;
}

/** Resolves the client of a request from its peer and header. `null` parts: nobody believed said anything. */
export function resolveClient(peer: string, headers: IncomingHttpHeaders, trust: Trust): Client {
  const plain = plainAddress(peer);
  if (!trust(plain)) return { client: plain, scheme: null, host: null, trusted: false };
  const { chain, scheme, host } = believe(plain, headers, trust);
  return { client: chain[chain.length - 1] as string, scheme, host, trusted: true };
}

/**
 * Reads the header of a request whose peer is trusted. Each proxy vouches for the address it names, so the walk goes
 * from the peer outwards and ends at the first that is not ours; what stands further out anybody may have written.
 *
 * A proxy that writes only X-Forwarded-For passes a client's Forwarded on untouched. So Forwarded counts only where it
 * names the same client, or where there is no X-Forwarded-For.
 */
export function believe(peer: string, headers: IncomingHttpHeaders, trust: Trust): Believed {
  const listed = text(headers['x-forwarded-for']);
  const chain = listed === null ? [peer] : walk(peer, addresses(listed), trust);
  const hops = headers.forwarded === undefined ? null : parseForwarded(headers.forwarded);
  const told = hops === null ? null : walk(peer, hops.toReversed().map(addressOf), trust);
  const agreed = told !== null && (listed === null || told.at(-1) === chain.at(-1));
  if (listed === null && told === null) chain.push(...realAddress(headers));
  const hop = agreed ? hops?.at(-Math.max(1, told.length - 1)) : undefined;
  const entry = chain.length - 1;
  return {
    chain: agreed ? told : chain,
    scheme: schemeOf(hop?.proto) ?? schemeOf(pick(headers['x-forwarded-proto'], entry)),
    host: hostOf(hop?.host) ?? hostOf(pick(headers['x-forwarded-host'], entry)),
  };
}

function walk(peer: string, outwards: Iterable<string | null>, trust: Trust): string[] {
  const chain = [peer];
  for (const address of outwards) {
    if (address === null) break;
    chain.push(address);
    if (!trust(address)) break;
  }
  return chain;
}

/** Entries of a list from its end, read only as far as somebody asks. */
function* addresses(list: string): Generator<string | null> {
  let end = list.length;
  while (end >= 0) {
    const comma = end === 0 ? -1 : list.lastIndexOf(',', end - 1);
    yield readAddress(list.slice(comma + 1, end).trim());
    end = comma;
  }
}

function addressOf(hop: ForwardedHop): string | null {
  return hop.for === undefined ? null : readAddress(hop.for);
}

function realAddress(headers: IncomingHttpHeaders): string[] {
  const address = readAddress(text(headers['x-real-ip'])?.trim() ?? '');
  return address === null ? [] : [address];
}

/** The value that belongs to the client's hop: proxies either replace the header or add to its end. */
function pick(value: string | string[] | undefined, hops: number): string | undefined {
  const list = text(value)?.split(',');
  return list?.[Math.max(0, list.length - Math.max(1, hops))]?.trim();
}

function schemeOf(value: string | undefined): 'http' | 'https' | null {
  const scheme = value?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : null;
}

function hostOf(value: string | undefined): string | null {
  return value !== undefined && /^(?:[\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i.test(value) ? value : null;
}

function text(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
