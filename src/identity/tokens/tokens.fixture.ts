import type { KeyObject } from 'node:crypto';
import type { z } from 'zod';
import type { Clock } from '#libs/kernel';
import { Revoked } from '../../auth/auth.fixture.js';
import type { VerificationKey } from '../../auth/jwt/keys.js';
import type { Revocations } from '../../auth/revocations.js';
import { identitySchema } from '../../config/schema/identity.js';
import { ChangeFeed, type Database } from '../../database/index.js';
import type { Account, IdentityPlan } from '../contracts.js';
import { createTokens, OwnTokens } from './index.js';
import { makePair, readPair, type Asymmetric } from './key-pair.js';
import type { Ring } from './ring.js';

export const SECRET = 'the shared secret of this suite, which is long enough for HS512 too: 64 bytes';

export type IdentityInput = z.input<typeof identitySchema>;

export const ada: Account = {
  id: '7', login: 'ada@example.com', email: 'ada@example.com', name: 'Ada', roles: ['teacher', 'staff'], permissions: ['read'],
  active: true, verifiedAt: null, createdAt: 0, attributes: { school: 'north' },
};

/** Another process of a gateway: it hears of changes in the database, and of none sooner. */
export function planOf(input: IdentityInput, parts: { readonly clock: Clock; readonly database?: Database; readonly revocations?: Revocations }): IdentityPlan {
  const { clock, database = nothing, revocations = new Revoked() } = parts;
  const changes = new ChangeFeed({ database, clock, sync: 20, tellOthers: () => Promise.resolve() });
  return { config: identitySchema.parse(input), database, changes, revocations, clock, folder: '/' };
}

/** Tokens signed with a shared secret, which need no database. */
export function secretTokens(input: IdentityInput, clock: Clock, revocations?: Revocations): Promise<OwnTokens> {
  return createTokens(planOf({ signing: { algorithm: 'HS256', secret: SECRET }, ...input }, { clock, ...(revocations && { revocations }) }));
}

const nothing: Database = {
  kind: 'sqlite', away: 'there is none',
  run: () => Promise.reject(new Error('nobody should ask')), transaction: () => Promise.reject(new Error('nobody should ask')),
};

/** Tokens signed with one pair of keys that is in no database. */
export async function pairTokens(algorithm: Asymmetric, input: IdentityInput, clock: Clock): Promise<{ readonly tokens: OwnTokens; readonly privateKey: KeyObject; readonly publicKey: KeyObject; readonly kid: string }> {
  const { kid, privateJwk, publicJwk } = await makePair(algorithm);
  const { privateKey, publicKey } = readPair(publicJwk, privateJwk) as { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  const keys: readonly VerificationKey[] = [{ kid, key: publicKey, algorithms: [algorithm] }];
  const ring: Ring = {
    removals: 0, accepted: new Set([algorithm]), published: [publicJwk], signer: () => ({ algorithm, kid, key: privateKey }),
    touch: () => true, recent: () => Promise.resolve(keys), seek: () => Promise.resolve(false), close: () => undefined,
  };
  return { tokens: new OwnTokens(ring, planOf({ ...input, signing: { algorithm } }, { clock })), privateKey, publicKey, kid };
}
