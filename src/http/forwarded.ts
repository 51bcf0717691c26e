import { Problem, problems, type Exchange, type HeaderList } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import { forParameter, parameterValue } from './forwarded-header.js';
import { plainAddress } from './network-address.js';
import { literally } from './pattern-text.js';
import { believe, type Trust } from './trusted-proxies.js';

type Setting = GatewayConfig['forwarded'];

/**
 * Request headers that only a proxy may say; a client's own copies never reach a service. Beside the forwarding
 * headers these are the ones that make frameworks see another path, method or address than the one that was checked, and what we say of a copy.
 */
export const OWNED_HEADERS: ReadonlySet<string> = new Set([
  'forwarded', 'x-forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-server',
  'x-forwarded-prefix', 'x-forwarded-path', 'x-forwarded-uri', 'x-forwarded-method', 'x-forwarded-scheme', 'x-forwarded-ssl',
  'x-forwarded-by', 'x-forwarded-client-cert', 'x-original-forwarded-for', 'x-original-host', 'x-original-url', 'x-original-uri',
  'x-original-method', 'x-rewrite-url', 'x-real-ip', 'x-client-ip', 'x-cluster-client-ip', 'true-client-ip', 'cf-connecting-ip',
  'x-scheme', 'front-end-https', 'x-http-method', 'x-http-method-override', 'x-method-override', 'x-mirrored',
]);

const UNUSUAL = /[^a-z0-9-]/;
/** Headers in which proxies that end TLS hand on what they know of the client's certificate. */
const CERTIFICATE = /client-?cert|(?:ssl|tls|mtls)-client-/;

/**
 * Whether a header is one of OWNED_HEADERS or about a client's certificate, or would become one: CGI, WSGI and PHP fold all signs into `_`, so that
 * `X_Forwarded_For` reads like the real one there.
 * @param name in lower case.
 */
export function isOwnedHeader(name: string): boolean {
  const folded = UNUSUAL.test(name) ? name.replaceAll(/[^a-z0-9]/g, '-') : name;
  return OWNED_HEADERS.has(folded) || isCertificateHeader(folded);
}

/** Whether a header is one in which a proxy would say who the client is. @param name in lower case. */
export function isCertificateHeader(name: string): boolean {
  return CERTIFICATE.test(name);
}

/** Passages through a gateway of this name before it is a loop; gateways of one name may be chained on purpose. */
const PASSAGES = 5;

/**
 * Compiles `forwarded`: tells the service who asked, for which host and over what, and adds us to `Via`.
 * @returns a function that throws the problem `loop-detected` when the request went through here too often.
 */
export function compileForwarded(setting: Setting, trust: Trust): (exchange: Exchange, headers: HeaderList) => void {
  const families = new Set(setting.send);
  const classic = families.has('x-forwarded');
  const standard = families.has('forwarded');
  const real = families.has('x-real-ip');
  const chainOf = compileChain(setting.mode, trust);
  const via = compileVia(setting.via);
  return (exchange, headers) => {
    if (classic || standard) {
      const chain = chainOf(exchange);
      if (classic) appendClassic(exchange, headers, chain);
      if (standard) headers.append('Forwarded', standardValue(exchange, chain));
    }
    if (real) headers.append('X-Real-IP', exchange.client);
    via?.(exchange, headers);
  };
}

/** Addresses to tell, from the peer outwards. */
function compileChain(mode: Setting['mode'], trust: Trust): (exchange: Exchange) => readonly string[] | string {
  if (mode === 'replace') return (exchange) => exchange.client;
  return (exchange) => {
    const peer = plainAddress(exchange.peer);
    return trust(peer) ? believe(peer, exchange.headers, trust).chain : peer;
  };
}

function appendClassic(exchange: Exchange, headers: HeaderList, chain: readonly string[] | string): void {
  headers.append('X-Forwarded-For', typeof chain === 'string' ? chain : chain.toReversed().join(', '));
  if (exchange.host !== '') headers.append('X-Forwarded-Host', exchange.host);
  headers.append('X-Forwarded-Proto', exchange.scheme);
}

/** RFC 7239: host and protocol belong to the client's hop, the first. */
function standardValue(exchange: Exchange, chain: readonly string[] | string): string {
  const client = typeof chain === 'string' ? chain : (chain[chain.length - 1] as string);
  const host = exchange.host === '' ? '' : `;host=${parameterValue(exchange.host)}`;
  const first = `${forParameter(client)}${host};proto=${exchange.scheme}`;
  if (typeof chain === 'string' || chain.length === 1) return first;
  return [first, ...chain.slice(0, -1).toReversed().map(forParameter)].join(', ');
}

/** RFC 9110 7.6.3: after what the client's own proxies wrote, which the forwarder copies. It names the version that was received. */
function compileVia(name: string): ((exchange: Exchange, headers: HeaderList) => void) | null {
  if (name === 'off') return null;
  const values = new Map(['1.0', '1.1', '2'].map((version) => [version, `${version} ${name}`]));
  const mine = new RegExp(`^\\S+ ${literally(name)}(?: |$)`);
  return (exchange, headers) => {
    const { via } = exchange.headers;
    if (via !== undefined && via.split(',').filter((hop) => mine.test(hop.trim())).length >= PASSAGES) {
      throw new Problem(problems.loopDetected, 'The request came through this gateway too often: a service leads back to it.');
    }
    headers.append('Via', values.get(exchange.httpVersion) ?? `${exchange.httpVersion} ${name}`);
  };
}
