import { createSecretKey, type KeyObject } from 'node:crypto';
import { Secret, type Principal } from '#libs/kernel';
import type { HmacOptions } from './options.js';

/** Somebody who signs. */
export interface Client {
  readonly keys: readonly KeyObject[];
  readonly principal: Principal;
}

type Written = Exclude<HmacOptions['clients'], Secret | 'off'>[string];

/** @param name of the authenticator in the file. */
export function readClients(clients: Exclude<HmacOptions['clients'], 'off'>, name: string): ReadonlyMap<string, Client> {
  const written: readonly (readonly [string, Written])[] = clients instanceof Secret ? pairsIn(clients.reveal()) : Object.entries(clients);
  return new Map(written.map(([id, each]) => [id, clientOf(id, each, name)]));
}

/** `id:secret,id2:secret2` as environments carry lists. The first colon ends the id: a secret may have some too. */
export function pairsIn(text: string): (readonly [string, Secret[]])[] {
  const found = new Map<string, Secret[]>();
  for (const pair of text.split(',').map((part) => part.trim()).filter((part) => part !== '')) {
    const colon = pair.indexOf(':');
    const id = pair.slice(0, colon);
    found.set(id, [...(found.get(id) ?? []), new Secret(pair.slice(colon + 1))]);
  }
  return [...found];
}

function clientOf(id: string, written: Written, authenticator: string): Client {
  const plain = written instanceof Secret || Array.isArray(written);
  const { secret, permissions, roles, scopes } = plain ? { secret: written, permissions: [], roles: [], scopes: [] } : written;
  return {
    keys: [secret].flat().map((each) => createSecretKey(Buffer.from(each.reveal()))),
    principal: Object.freeze({ id, email: null, roles, permissions, scopes, authenticator, claims: {}, expiresAt: Number.POSITIVE_INFINITY }),
  };
}
