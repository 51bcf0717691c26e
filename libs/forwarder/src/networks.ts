import { BlockList, isIP, SocketAddress } from 'node:net';

/** Kinds of networks, by the words of the file. */
export const NETWORK_WORDS = ['public', 'private', 'loopback', 'metadata'] as const;
type NetworkWord = (typeof NETWORK_WORDS)[number];

/** First the few addresses inside other kinds. What is in none of these is `public`. */
const KINDS: readonly (readonly [kind: NetworkWord | 'reserved', networks: readonly string[]])[] = [
  // Where cloud machines answer with their own credentials, and the link-local networks around it.
  ['metadata', ['169.254.0.0/16', 'fe80::/10', 'fec0::/10', 'fd00:ec2::254/128', 'fd20:ce::254/128', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32']],
  // A connection to an unspecified address ends on the machine itself.
  ['loopback', ['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']],
  // Multicast, broadcast and what is kept for later: nobody can be there.
  ['reserved', ['224.0.0.0/3', 'ff00::/8']],
];

const LISTS = KINDS.map(([kind, networks]) => [kind, listOf(networks)] as const);

/** IPv6 itself has two addresses in the network of compatible ones. */
const OWN = listOf(['::1', '::']);

/** IPv6 networks whose addresses hold an IPv4 one, and in which of their 16-bit groups it begins. */
const HOLDERS: readonly (readonly [list: BlockList, group: number])[] = [
  // Mapped (RFC 4291), translated (RFC 2765), NAT64 (RFC 6052, 8215), compatible; then 6to4 (RFC 3056).
  [listOf(['::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '::/96']), 6],
  [listOf(['2002::/16']), 1],
];

/** Whether a text is a word, an address or a network such as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  return isWord(text) || parse(text) !== null;
}

/**
 * Compiles a list of networks: whether an address is in one of them. An IPv6 address that leads to an IPv4 one counts as
 * that.
 * @throws Error for an entry that is neither a word nor a network.
 */
export function compileNetworks(entries: readonly string[]): (address: string) => boolean {
  const words = new Set<string>(entries.filter(isWord));
  const named = listOf(entries.filter((entry) => !isWord(entry)));
  return (address) => {
    const plain = effective(address);
    return words.has(kindOf(plain)) || contains(named, plain) || contains(named, withoutZone(address));
  };
}

/** The kind of network an address is in, by the words of the file; `reserved` for where nobody can be. */
export function describeNetwork(address: string): string {
  return kindOf(effective(address));
}

function kindOf(address: string): string {
  if (isIP(address) === 0) return 'reserved';
  return LISTS.find(([, list]) => contains(list, address))?.[0] ?? 'public';
}

function isWord(text: string): boolean {
  return (NETWORK_WORDS as readonly string[]).includes(text);
}

/** The address that a connection would go to in the end. */
function effective(address: string): string {
  const plain = withoutZone(address);
  if (isIP(plain) !== 6 || OWN.check(plain, 'ipv6')) return plain;
  const group = HOLDERS.find(([list]) => list.check(plain, 'ipv6'))?.[1];
  return group === undefined ? plain : ipv4At(plain, group);
}

/** An IPv6 address of one link carries the name of an interface (RFC 4007 11). */
function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}

function ipv4At(address: string, group: number): string {
  const all = groupsOf(address);
  const [high, low] = [all[group] as number, all[group + 1] as number];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The URL parser writes the last two groups in hexadecimal too.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const parse16 = (text: string): number[] => (text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16)));
  const [before, after] = [parse16(head), parse16(tail ?? '')];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of networks) {
    const network = parse(entry);
    if (network === null) throw new Error(`"${entry}" is neither a network such as 10.0.0.0/8 nor one of ${NETWORK_WORDS.join(', ')}`);
    list.addSubnet(network.address, network.bits);
  }
  return list;
}

function parse(text: string): { readonly address: SocketAddress; readonly bits: number } | null {
  const [address = '', prefix, more] = text.split('/');
  const family = isIP(address);
  const longest = family === 4 ? 32 : 128;
  const bits = prefix === undefined ? longest : Number(prefix);
  const valid = family !== 0 && more === undefined && prefix !== '' && Number.isInteger(bits) && bits >= 0 && bits <= longest;
  return valid && !address.includes('%') ? { address: new SocketAddress({ address, family: family === 4 ? 'ipv4' : 'ipv6' }), bits } : null;
}

function contains(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
