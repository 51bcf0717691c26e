import { SignJWT } from 'jose';
import type { Authenticator, Principal } from '#libs/kernel';
import type { Claims } from '../../auth/jwt/claim-path.js';
import { tokenAuthenticator } from '../../auth/jwt/token-authenticator.js';
import { TokenRefused } from '../../auth/jwt/token-problem.js';
import { compileRules } from '../../auth/jwt/verify.js';
import { LocalTokens, type InternalTokenSettings } from '../../auth/local-tokens.js';
import type { Verified } from '../../auth/revocable.js';
import type { IdentityConfig } from '../../config/index.js';
import type { Account, AccessTokens, IdentityPlan } from '../contracts.js';
import { isRefreshToken } from '../sessions/refresh-token.js';
import { compileAccessClaims, compileAccessRules, TOLERANCE } from './access-claims.js';
import { InternalTokens } from './internal-tokens.js';
import { isAsymmetric } from './key-pair.js';
import { KeyRing } from './key-ring.js';
import { KeyStore } from './key-store.js';
import type { Ring } from './ring.js';
import { SecretRing } from './secret-ring.js';
import { Vault } from './vault.js';

const BEARER = [{ header: 'Authorization', scheme: 'Bearer' }] as const;
/** Tokens that our own endpoints remember. */
const REMEMBERED = 1_000;

/** The tokens of one configuration. */
export class OwnTokens extends LocalTokens implements AccessTokens {
  readonly authenticator: Authenticator;
  /** Milliseconds that others may keep the key set. */
  readonly keySetLifetime: number;
  readonly issuer: string | undefined;
  readonly #claims: ReturnType<typeof compileAccessClaims>;
  /** By what they say: routes that say the same share them. */
  readonly #internal = new Map<string, InternalTokens>();

  constructor(readonly keys: Ring, private readonly plan: Pick<IdentityPlan, 'clock' | 'config' | 'revocations'>) {
    super();
    const { clock, config, revocations } = plan;
    this.issuer = config.issuer;
    this.#claims = compileAccessClaims(config);
    this.keySetLifetime = config.signing.lead / 2;
    this.authenticator = tokenAuthenticator({ from: BEARER, issuers: [], remember: { max: REMEMBERED }, tolerance: TOLERANCE, clock, keys, revocations, verify: this.verifier('identity') });
  }

  async issue(account: Account, session: string): Promise<{ readonly token: string; readonly expiresAt: number }> {
    const { clock, config } = this.plan;
    const claims = this.#claims(account, session, clock.now());
    return { token: await this.#sign(claims, config.access.typ), expiresAt: claims.exp * 1_000 };
  }

  verifier(authenticator: string): (token: string) => Promise<Verified> {
    const { clock, config } = this.plan;
    const { keys } = this;
    const verify = compileRules({
      accepted: { has: (algorithm) => keys.accepted.has(algorithm) },
      local: [], remote: keys, typ: config.access.typ.toLowerCase(), owner: 'account', clock, ...compileAccessRules(config, authenticator),
    });
    return (token) => (isRefreshToken(token) ? Promise.reject(new TokenRefused('wrong-type')) : verify(token));
  }

  internal(settings: InternalTokenSettings): (principal: Principal) => string | Promise<string> {
    const { clock, config } = this.plan;
    const key = JSON.stringify(settings);
    const known = this.#internal.get(key) ?? new InternalTokens(settings, { issuer: config.issuer, clock, sign: (claims, typ) => this.#sign(claims, typ) });
    this.#internal.set(key, known);
    return known.of;
  }

  keySet(): { readonly keys: readonly Readonly<Record<string, unknown>>[] } {
    return { keys: this.keys.published };
  }

  // oxlint-disable-next-line require-await -- Without a key it rejects.
  async #sign(claims: Claims, typ: string): Promise<string> {
    const { algorithm, key, kid } = this.keys.signer();
    return new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ, ...(kid !== null && { kid }) }).sign(key);
  }

  /** Ends its look at the keys. What was compiled with it goes on with those it has. */
  close(): void {
    this.keys.close();
  }
}

/**
 * The tokens of a gateway with `identity`. While the database is away, and no key was ever read, whatever needs one is
 * refused with database-away.
 * @throws Error by rejection when keys in the database are encrypted with another secret.
 */
export async function createTokens(plan: IdentityPlan): Promise<OwnTokens> {
  return new OwnTokens(await openRing(plan), plan);
}

async function openRing({ changes, clock, config, database }: IdentityPlan): Promise<Ring> {
  const { algorithm, encrypt, former, lead, rotate, secret } = config.signing;
  if (!isAsymmetric(algorithm)) {
    if (secret === undefined) throw new Error(`identity.signing: ${algorithm} needs a \`secret\``);
    return new SecretRing(algorithm, secret, former);
  }
  const vault = new Vault(encrypt ?? null);
  const times = { algorithm, rotate, lead, lifetime: longestLife(config) };
  return KeyRing.open({ store: new KeyStore({ database, changes, vault, plan: times }), changes, vault, plan: times, clock });
}

/** Milliseconds that a token for a service lives at most; the schema sees to it. */
const INTERNAL_LIFE = 3_600_000;

function longestLife({ access }: IdentityConfig): number {
  return Math.max(access.lifetime, INTERNAL_LIFE) + TOLERANCE;
}
