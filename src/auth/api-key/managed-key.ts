import { timingSafeEqual } from 'node:crypto';
import type { OwnLimits, Principal } from '#libs/kernel';
import type { ApiKeys, HeldKey } from '../api-keys.js';
import { digestOfKey } from './key-text.js';
import { KeyRefused, limitsOfKey, principalOf, type KeyRights, type Recognised } from './recognised.js';

/** Stands for the key where there is none, so that it takes as long. */
const NOBODY = digestOfKey('');

/**
 * Looks a key of the database up by its id, and compares what came with what is kept of it.
 * @param authenticator its name in the file.
 * @throws KeyRefused when there is none, or it is another one: nobody is told which. Problem database-away.
 */
export function recogniseManaged(text: string, id: string, { authenticator, keys }: { readonly authenticator: string; readonly keys: ApiKeys }): Recognised {
  const digest = digestOfKey(text);
  const key = keys.find(id);
  const [same, former] = [isSame(digest, key?.hash ?? NOBODY), isSame(digest, key?.formerHash ?? NOBODY)];
  if (key === undefined || !(same || former)) throw new KeyRefused('unknown');
  return new ManagedKey(key, digest, authenticator);
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** A text that is, or was, that of a key. */
class ManagedKey implements Recognised {
  #version: number;
  #principal: Principal;
  #limits: OwnLimits | null;

  constructor(readonly held: HeldKey, private readonly digest: string, private readonly authenticator: string) {
    this.#version = held.version;
    this.#principal = principalOf(rightsOf(held), authenticator);
    this.#limits = limitsOfKey(rightsOf(held));
  }

  get limits(): OwnLimits | null {
    return this.#limits;
  }

  principal(now: number): Principal {
    const { held } = this;
    if (held.version !== this.#version) this.#follow();
    if (held.revoked) throw new KeyRefused('revoked');
    if (this.digest !== held.hash && (this.digest !== held.formerHash || now >= held.formerUntil)) throw new KeyRefused('unknown');
    if (now >= held.expiresAt) throw new KeyRefused('expired');
    return this.#principal;
  }

  #follow(): void {
    this.#version = this.held.version;
    this.#principal = principalOf(rightsOf(this.held), this.authenticator);
    this.#limits = limitsOfKey(rightsOf(this.held));
  }
}

function rightsOf({ expiresAt, id, limits, name, owner, permissions, roles, scopes }: HeldKey): KeyRights {
  return { expiresAt, id, limits, name, owner, permissions, roles, scopes, of: `key:${id}` };
}
