import { axiosProxy } from './axios.mjs';
import { caddy } from './caddy.mjs';
import { fastGateway } from './fast-gateway.mjs';
import { fastifyHello } from './fastify-hello.mjs';
import { fastifyHttpProxy } from './fastify-http-proxy.mjs';
import { haproxy } from './haproxy.mjs';
import { httpProxy } from './http-proxy.mjs';
import { nginx } from './nginx.mjs';
import { nodeUndici } from './node-undici.mjs';
import { passerelleCached } from './passerelle-cached.mjs';
import { passerelleIdentity } from './passerelle-identity.mjs';
import { passerellePlain } from './passerelle-plain.mjs';
import { passerellePolicies } from './passerelle-policies.mjs';

/** Everything that can be measured, in the order of the table. */
const peers = [
  passerellePlain, passerellePolicies, passerelleIdentity, passerelleCached,
  caddy, nginx, haproxy,
  fastGateway, fastifyHttpProxy, httpProxy, axiosProxy,
  nodeUndici, fastifyHello,
];

export function choosePeers(names = peers.map(({ name }) => name)) {
  const unknown = names.filter((name) => !peers.some((peer) => peer.name === name));
  if (unknown.length === 0) return peers.filter(({ name }) => names.includes(name));
  throw new Error(`--peers: no ${unknown.join(', ')}; there are ${peers.map(({ name }) => name).join(', ')}`);
}
