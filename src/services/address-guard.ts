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
export function assertAllowed({ href, hostname }: URL, networks: readonly string[]): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0 || compileNetworks(networks)(host)) return;
  throw new Error(`${href} is a ${describeNetwork(host)} address, outside \`networks\` of the service (${networks.join(', ')})`);
}
