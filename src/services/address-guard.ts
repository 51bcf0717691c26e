import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Where cloud machines answer with their own credentials, and the link-local networks around it. */
function metadataNetworks(): BlockList {
  const list = new BlockList();
  list.addSubnet('169.254.0.0', 16, 'ipv4');
  list.addSubnet('fe80::', 10, 'ipv6');
  list.addAddress('fd00:ec2::254', 'ipv6');
  list.addAddress('100.100.100.200', 'ipv4');
  list.addAddress('168.63.129.16', 'ipv4');
  return list;
}

const METADATA = metadataNetworks();

/** Whether an address lies where no service of a platform lives. IPv4-mapped IPv6 counts as the IPv4 in it. */
export function isMetadataAddress(address: string): boolean {
  return METADATA.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** The name resolves to an address that targets may not have. */
class ForbiddenAddressError extends Error {
  readonly code = 'EHOSTUNREACH';
}

/**
 * A `lookup` for net.connect that refuses metadata and link-local addresses after DNS has answered, so that a name
 * cannot be bent there later (SSRF by DNS rebinding).
 */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const [first] = addresses ?? [];
    if (error || !first) return callback(error ?? new Error(`No address for ${hostname}`), '');
    const refused = addresses.find(({ address }) => isMetadataAddress(address));
    if (refused) return callback(new ForbiddenAddressError(`${hostname} resolves to ${refused.address}, which targets may not have`), '');
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
