import { hash } from 'node:crypto';
import { Secret, type Principal } from '#libs/kernel';
import { pairsIn } from '../hmac/clients.js';
import type { ApiKeyOptions } from './options.js';
import { KeyRefused, limitsOfKey, principalOf, type KeyRights, type Recognised } from './recognised.js';

type Written = Exclude<NonNullable<ApiKeyOptions['keys']>, Secret | 'off'>[string];

/** Gives the key of the file that a text is; `null` for none. */
export type FileKeys = (text: string) => Recognised | null;

/**
 * The keys of the file by what they hash to. The hash is looked for in a map: nobody can choose how it begins, so the time
 * that takes tells nothing of a key.
 * @param name of the authenticator in the file.
 */
export function readFileKeys({ keys, salt }: Pick<ApiKeyOptions, 'keys' | 'salt'>, name: string): FileKeys {
  const digestOf = (text: string): string => hash('sha256', (salt?.reveal() ?? '') + text, 'hex');
  const known = new Map<string, Recognised>();
  for (const [id, written] of entriesOf(keys)) {
    const { digests, ...rights } = plain(id, written, { name, digestOf });
    const recognised = fileKey(rights, name);
    for (const digest of digests) {
      if (known.has(digest)) throw new Error(`keys: "${id}" has a key that another id has too, so nobody could tell who is calling`);
      known.set(digest, recognised);
    }
  }
  return (text) => known.get(digestOf(text)) ?? null;
}

function entriesOf(keys: ApiKeyOptions['keys']): readonly (readonly [string, Written])[] {
  if (keys === undefined || keys === 'off') return [];
  return keys instanceof Secret ? pairsIn(keys.reveal()) : Object.entries(keys);
}

interface Around {
  readonly name: string;
  readonly digestOf: (text: string) => string;
}

function plain(id: string, written: Written, { digestOf, name }: Around): KeyRights & { readonly digests: readonly string[] } {
  const of = `${name}:${id}`;
  if (written instanceof Secret || Array.isArray(written)) {
    return { id, of, name: id, owner: null, roles: [], permissions: [], scopes: [], limits: [], expiresAt: Number.POSITIVE_INFINITY, digests: [written].flat().map((text) => digestOf(text.reveal())) };
  }
  const { expires = Number.POSITIVE_INFINITY, hash: hashes, key, name: called = id, owner = null, ...rights } = written;
  const digests = [...texts(key).map(digestOf), ...texts(hashes).map(hexOf)];
  return { ...rights, id, of, name: called, owner, expiresAt: expires, digests };
}

function texts(secrets: Secret | readonly Secret[] | undefined): readonly string[] {
  return secrets === undefined ? [] : [secrets].flat().map((secret) => secret.reveal());
}

/** `sha256:` and hex or base64url. */
function hexOf(written: string): string {
  const text = written.slice('sha256:'.length);
  return text.length === 64 ? text.toLowerCase() : Buffer.from(text, 'base64url').toString('hex');
}

function fileKey(rights: KeyRights, authenticator: string): Recognised {
  const principal = principalOf(rights, authenticator);
  return Object.freeze({
    held: null,
    limits: limitsOfKey(rights),
    principal(now: number): Principal {
      if (now >= rights.expiresAt) throw new KeyRefused('expired');
      return principal;
    },
  });
}
