const GROUP = 16;

/**
 * Compiles what stands for an address in a key: an IPv4 address for itself, an IPv6 address for the network of `prefix`
 * bits it is in, for whoever has one address there has all of them (RFC 6177).
 */
export function compileNetworkKey(prefix: number): (address: string) => string {
  const whole = Math.floor(prefix / GROUP);
  const bits = prefix % GROUP;
  const mask = (0xffff << (GROUP - bits)) & 0xffff;
  return (address) => {
    if (!address.includes(':')) return address;
    const groups = groupsOf(address);
    let key = '';
    for (let i = 0; i < whole; i++) key += `${(groups[i] ?? 0).toString(16)}:`;
    if (bits > 0) key += `${((groups[whole] ?? 0) & mask).toString(16)}:`;
    return `${key}/${prefix}`;
  };
}

/** The eight groups of an address; `::` stands for as many zeros as are missing (RFC 4291 2.2). */
function groupsOf(address: string): number[] {
  const percent = address.indexOf('%');
  const plain = percent < 0 ? address : address.slice(0, percent);
  const gap = plain.indexOf('::');
  if (gap < 0) return numbers(plain);
  const before = numbers(plain.slice(0, gap));
  const after = numbers(plain.slice(gap + 2));
  const missing = Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

/** An address may end in an IPv4 one, which stands for two groups. */
function numbers(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
