import { locate } from '../nodes.js';
import type { Facts } from './facts.js';

/** Bytes that a secret needs (RFC 7518 3.2). */
const BYTES: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };
const SHORTEST_ENCRYPT = 16;

/** Keys that fit their algorithm, and nothing that asks for tokens of a gateway that makes none. */
export function checkTokens(facts: Facts): void {
  checkSigning(facts);
  if (facts.resolved.file?.identity !== undefined) return;
  const { issues, resolved, root } = facts;
  for (const [name, { use }] of Object.entries(resolved.file?.authenticate ?? {})) {
    if (use === 'identity') issues.add(locate(root, ['authenticate', name, 'use']).place, ['authenticate', name, 'use'], 'this recognises tokens that the gateway signs itself, and it signs none: the file has no `identity`');
  }
  for (const [name, node] of resolved.written.routes) {
    const path = ['headers', 'request', 'token'];
    const { exact, node: token, place } = locate(node, path);
    if (exact && !(token.kind === 'scalar' && token.value === 'off')) issues.add(place, ['routes', name, ...path], 'there is nothing to sign this token with: the file has no `identity`');
  }
}

function checkSigning({ issues, resolved, root }: Facts): void {
  const signing = resolved.file?.identity?.signing;
  if (!signing) return;
  const refuse = (key: string, message: string): void => {
    const path = ['identity', 'signing', key];
    const { node, place } = locate(root, path);
    // What it stands for could not be found, which is told already.
    if (node.kind !== 'scalar' || !node.broken) issues.add(place, path, message);
  };
  const { algorithm, encrypt, former, lead, rotate, secret } = signing;
  const needed = BYTES[algorithm];
  const bytes = secret === undefined ? 0 : Buffer.byteLength(secret.reveal());
  if (needed !== undefined && secret === undefined) refuse('secret', `${algorithm} signs with a secret of ${needed} bytes or more; give one, or choose another \`algorithm\``);
  else if (needed !== undefined && bytes < needed) refuse('secret', `this has ${bytes} bytes; ${algorithm} needs ${needed} (RFC 7518 3.2), or who holds one token may find it by guessing`);
  if (needed === undefined && (secret !== undefined || former.length > 0)) refuse(secret === undefined ? 'former' : 'secret', `${algorithm} signs with keys that the gateway makes itself; take this out, or choose an algorithm that begins with HS`);
  if (needed !== undefined && encrypt !== undefined) refuse('encrypt', `${algorithm} has no keys in the database to encrypt`);
  if (encrypt !== undefined && Buffer.byteLength(encrypt.reveal()) < SHORTEST_ENCRYPT) refuse('encrypt', `expected ${SHORTEST_ENCRYPT} bytes or more`);
  if (lead * 2 > rotate) refuse('lead', 'a key would be published for most of its time before it signs; expected at most half of `rotate`');
}
