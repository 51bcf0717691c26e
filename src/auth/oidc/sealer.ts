import { createHash, hkdfSync } from 'node:crypto';
import { compactDecrypt, CompactEncrypt, decodeProtectedHeader, errors } from 'jose';
import type { Secret } from '#libs/kernel';

/** Characters of a secret: with fewer, somebody who holds a cookie could guess it. */
const SHORTEST = 32;
const KEY_BYTES = 32;
const ENCRYPTION = 'A256GCM';

interface Key {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/**
 * Turns values into text that only a gateway with the same secret can read or make (RFC 7516, `dir` with A256GCM), and
 * back. What it is for goes into the keys (RFC 5869), so that one kind of text never passes for another.
 */
export class Sealer {
  readonly #keys: readonly [Key, ...Key[]];

  /** @throws Error for a secret that is too short. */
  constructor(secrets: readonly Secret[], purpose: string) {
    const keys = secrets.map((secret) => deriveKey(secret, purpose));
    if (keys[0] === undefined) throw new Error('cookie.secret is missing');
    this.#keys = keys as [Key, ...Key[]];
  }

  seal(value: unknown): Promise<string> {
    const [{ bytes, id }] = this.#keys;
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value))).setProtectedHeader({ alg: 'dir', enc: ENCRYPTION, kid: id }).encrypt(bytes);
  }

  /** @returns `null` for whatever was not made with one of the secrets, for this purpose. */
  async open(text: string): Promise<unknown> {
    try {
      const { kid } = decodeProtectedHeader(text);
      const key = this.#keys.find(({ id }) => id === kid);
      if (key === undefined) return null;
      const { plaintext } = await compactDecrypt(text, key.bytes, { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: [ENCRYPTION] });
      return JSON.parse(new TextDecoder().decode(plaintext)) as unknown;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError) return null;
      throw error;
    }
  }
}

function deriveKey(secret: Secret, purpose: string): Key {
  const text = secret.reveal();
  if (text.length < SHORTEST) throw new Error(`cookie.secret is shorter than ${SHORTEST} characters; \`openssl rand -base64 32\` makes a good one`);
  const bytes = new Uint8Array(hkdfSync('sha256', text, '', `passerelle ${purpose}`, KEY_BYTES));
  return { bytes, id: createHash('sha256').update(bytes).digest('base64url').slice(0, 8) };
}
