import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { compileNetworks, describeNetwork } from '#libs/forwarder';

/** The name leads to addresses that the target may not have. */
class ForbiddenAddressError extends Error {
  readonly code = 'ERR_TARGET_FORBIDDEN';
}

/**
 * Makes the `lookup` of a service's connections: addresses outside its networks are left out after DNS has answered, so
 * that a name cannot be bent to them later (SSRF by DNS rebinding).
 * @param networks `networks` of the service.
 */
export function guardedLookup(networks: readonly string[]): LookupFunction {
  const allows = compileNetworks(networks);
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return callback(error, '');
      const addresses = found.filter(({ address }) => allows(address));
      const [first] = addresses;
      if (!first) callback(new ForbiddenAddressError(`${hostname} leads to ${found.map(({ address }) => address).join(', ')}, outside the networks of the service`), '');
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/**
 * Looks at the address of a target before it is connected to; a name is looked at once it is resolved.
 * @throws Error when its host is an address outside the networks of the service.
 */
export function assertAllowed({ hostname, origin, pathname }: URL, networks: readonly string[]): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0 || compileNetworks(networks)(host)) return;
  throw new Error(`${origin}${pathname} is a ${describeNetwork(host)} address, outside \`networks\` of the service (${networks.join(', ')})`);
}

/**
 * Looks at an address that somebody else than the file gave: whatever is in it beside scheme, host, port and path would
 * go nowhere, but be shown, and sent by probes.
 * @throws Error when it is none that a target can have; never with what may be secret in it.
 */
export function assertPlain(address: string): void {
  const url = URL.parse(address);
  const shown = address.replace(/^(\w+:)?\/\/[^/?#]*@/, '$1//').replace(/[?#].*$/s, '');
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`${shown} is not an http:// or https:// address`);
  if (url.username !== '' || url.password !== '') throw new Error(`${shown} has credentials in it`);
  if (/[?#]/.test(address)) throw new Error(`${shown} has more behind its path`);
}
