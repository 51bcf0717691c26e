import { createHash, scryptSync } from 'node:crypto';
import { Secret } from '#libs/kernel';

/**
 * Hash of effective values: the same for the same values in any order of keys. Secrets count, so that a changed one is
 * a change; they go through scrypt, because the hash is public and must not help to guess them.
 *
 * @returns twelve hex digits
 */
export function hashOf(value: unknown): string {
  const secrets: string[] = [];
  const text = canonical(value, secrets);
  const salted = secrets.length === 0 ? '' : scryptSync(JSON.stringify(secrets), 'passerelle', 16).toString('hex');
  return createHash('sha256').update(text).update(salted).digest('hex').slice(0, 12);
}

function canonical(value: unknown, secrets: string[]): string {
  if (value instanceof Secret) {
    secrets.push(value.reveal());
    return 'secret';
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, secrets)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  if (Object.getPrototypeOf(value) !== Object.prototype) return JSON.stringify(String(value));
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key], secrets)}`).join(',')}}`;
}
