import { isIP } from 'node:net';
import { z } from 'zod';
import { compileNetworks, describeNetwork, isNetwork, NETWORK_WORDS } from '#libs/forwarder';
import { tlsSchema } from './upstream-tls.js';
import { duration, durationOrOff, listOf } from './values.js';

const network = z.string().refine(isNetwork, { error: `expected ${NETWORK_WORDS.join(', ')}, an address or a network such as 10.0.0.0/8` });

/** How the targets of a service are spoken to. */
export const upstreamShape = {
  protocol: z.enum(['http1', 'http2', 'auto']).default('http1').describe(
    '`http2`: HTTP/2, over `https://` by ALPN and over `http://` at once (h2c, as gRPC servers speak it). `auto`: what the service prefers, by ALPN; over `http://` that is HTTP/1.1. Default: http1. Danger: WebSockets need HTTP/1.1, so they reach an `http2` service only over `https://`.',
  ),
  connections: z.strictObject({
    max: z.int().min(1).default(128).describe('Connections to one target at most; further requests wait. Over HTTP/2 one is added when all streams of the others are taken. Default: 128.'),
    streams: z.int().min(1).max(10_000).default(100).describe('HTTP/2: requests at a time on one connection. A service that allows fewer gets fewer. Default: 100.'),
    keepAlive: duration().prefault('4s').describe('How long an idle connection stays open; keep it below the service’s own limit. Default: 4s.'),
    maxRequests: z.int().min(1).optional().describe('Requests after which a connection is replaced. Default: no number of them.'),
    maxAge: durationOrOff().prefault('off').describe('Age at which a connection takes no more requests and is replaced, so that changes of DNS and of balancers in front of the service come through. What is under way finishes. Default: off.'),
  }).prefault({}).describe('The connections to each target.'),
  tls: tlsSchema.prefault({}).describe('How `https://` targets are recognised, and how the gateway shows who it is. A file that changes is read anew: new connections use it, requests under way finish on the old ones.'),
  networks: listOf(network).default(['public', 'private', 'loopback']).describe(
    'Where targets may be, looked at after DNS: `public`, `private`, `loopback`, `metadata` (link-local, and where clouds hand out credentials), addresses, networks such as `10.1.0.0/16`. Other addresses are never connected to: 502 `target-forbidden`. Default: all but `metadata`. Danger: with `metadata`, whoever sets the address of a target reads the credentials of the machine.',
  ),
};

interface Located {
  readonly targets: readonly { readonly url: string }[];
  readonly networks: readonly string[];
}

/** Reports targets that are addresses outside the networks of their service. Names are looked at when they are resolved. */
export function checkNetworks({ targets, networks }: Located, context: z.core.$RefinementCtx): void {
  if (!networks.every(isNetwork)) return;
  const allows = compileNetworks(networks);
  for (const [index, { url }] of targets.entries()) {
    const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '');
    if (host !== undefined && isIP(host) !== 0 && !allows(host)) {
      context.addIssue({ code: 'custom', path: ['targets', index], message: `${host} is a ${describeNetwork(host)} address, and \`networks\` allows ${networks.join(', ')}; name its network there if it is really meant` });
    }
  }
}
