import { createHash, KeyObject, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { Secret } from '#libs/kernel';

const stretch = promisify<string, string, number, Buffer>(scrypt);

/**
 * Hash of effective values: the same for the same values in any order of keys. Secrets count, so that a changed one is
 * a change; they go through scrypt, because the hash is public and must not help to guess them.
 *
 * @returns twelve hex digits
 */
export async function hashOf(value: unknown): Promise<string> {
  const secrets: string[] = [];
  const text = canonical(value, secrets);
  const stretched = secrets.length === 0 ? '' : (await stretch(JSON.stringify(secrets), 'passerelle', 16)).toString('hex');
  return createHash('sha256').update(text).update(stretched).digest('hex').slice(0, 12);
}

/**
 * Tells values apart within the process: the same for the same values, secrets included, in any order of keys. Not to be
 * shown to anybody.
 */
export function fingerprint(value: unknown): string {
  const secrets: string[] = [];
  const text = canonical(value, secrets);
  return createHash('sha256').update(JSON.stringify([text, secrets])).digest('base64');
}

function canonical(value: unknown, secrets: string[]): string {
  const secret = secretOf(value);
  if (secret !== null) {
    secrets.push(secret);
    return 'secret';
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, secrets)).join(',')}]`;
  // JSON knows no infinity, and a limit that is off is one.
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? JSON.stringify(value) : String(value);
  if (value instanceof RegExp || value instanceof URL || value instanceof Date) return JSON.stringify(value.toString());
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field, secrets)}`).join(',')}}`;
}

/** Secrets, and the keys that extensions may have made of them. */
function secretOf(value: unknown): string | null {
  if (value instanceof Secret) return value.reveal();
  if (!(value instanceof KeyObject)) return null;
  return value.type === 'secret' ? value.export().toString('base64') : String(value.export({ format: 'pem', type: value.type === 'public' ? 'spki' : 'pkcs8' }));
}
