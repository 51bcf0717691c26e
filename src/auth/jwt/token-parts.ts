import { TokenRefused } from './token-problem.js';

/** Header of a token whose form is good; nothing of it is trusted yet. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string | null;
  /** In small letters. */
  readonly typ: string | null;
}

/** Longest token looked at, in characters. */
export const LONGEST_TOKEN = 8192;
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

/**
 * Checks the form of a token and reads its header. Embedded keys and links to keys (`jwk`, `jku`, `x5c`, `x5u`) are
 * not even looked at.
 * @throws TokenRefused
 */
export function readHeader(token: string): TokenHeader {
  if (token.length > LONGEST_TOKEN) throw new TokenRefused('too-large');
  const parts = COMPACT.exec(token);
  // Other spellings of the same bytes would be other tokens to whatever remembers or revokes tokens by their text.
  if (!parts || !parts.slice(1).every(canonical)) throw new TokenRefused('malformed');
  const header = parseObject(Buffer.from(parts[1] as string, 'base64url'));
  const { alg, kid, typ } = header;
  // RFC 7515 4.1.11: an extension that is critical and not understood; we understand none, `b64` included.
  if (typeof alg !== 'string' || 'crit' in header || 'b64' in header) throw new TokenRefused('malformed');
  if (kid !== undefined && typeof kid !== 'string') throw new TokenRefused('malformed');
  return { alg, kid: kid ?? null, typ: typeof typ === 'string' ? typ.toLowerCase() : null };
}

/** Who a token says has made it; nothing of that is checked. `null` where it does not say, and for what is no token. */
export function statedIssuer(token: string): string | null {
  const payload = token.length > LONGEST_TOKEN ? undefined : COMPACT.exec(token)?.[2];
  if (payload === undefined) return null;
  try {
    const { iss } = parseObject(Buffer.from(payload, 'base64url'));
    return typeof iss === 'string' ? iss : null;
  } catch (error) {
    if (error instanceof TokenRefused) return null;
    throw error;
  }
}

/** RFC 7515 appendix C: base64url without padding; RFC 4648 3.5: unused bits are zero. */
function canonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the JSON object of a header or a payload.
 * @throws TokenRefused when it is something else.
 */
export function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw new TokenRefused('malformed');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TokenRefused('malformed');
  return value as Record<string, unknown>;
}
