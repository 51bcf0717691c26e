import { constants, createHmac, sign, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import { Exchange, Problem, type Authenticator, type Clock, type Principal } from '#libs/kernel';
import { jwt } from './jwt.js';
import { jwtOptions } from './jwt/options.js';
import { Revocations, type Revocable, type Revocation } from './revocations.js';

/** A clock that moves only when told, for specs. */
export class StillClock implements Clock {
  constructor(private time = Date.UTC(2026, 0, 1)) {}
  now = (): number => this.time;
  elapsed = (): number => this.time;
  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
  /** As a NumericDate, `offset` seconds from now. */
  seconds(offset = 0): number {
    return this.time / 1000 + offset;
  }
}

/** An exchange with these header fields, each a pair, as they came over the wire. */
export function exchangeWith(fields: readonly (readonly [string, string])[] = [], query = ''): Exchange {
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of fields) headers[name.toLowerCase()] ??= value;
  return new Exchange({ method: 'GET', path: '/thing', query, headers, rawHeaders: fields.flat(), startedAt: 0 });
}

export const bearer = (token: string): Exchange => exchangeWith([['Authorization', `Bearer ${token}`]]);

/** Revocations by hand. */
export class Revoked extends Revocations {
  readonly list: Revocation[] = [];

  covers({ issuedAt, owner, session, token }: Revocable): boolean {
    return this.list.some(({ before, kind, subject }) => subject === { token, session, owner }[kind] && (kind !== 'owner' || issuedAt < before));
  }

  revoke(revocation: Revocation): Promise<void> {
    this.list.push(revocation);
    return Promise.resolve();
  }
}

export type JwtInput = z.input<typeof jwtOptions>;

export function authenticatorOf(options: JwtInput, clock: Clock, name = 'users', revocations: Revocations = new Revoked()): Authenticator {
  return jwt.create(jwtOptions.parse(options), { clock, random: () => 0, name, folder: '/', resolve: <T>() => revocations as T });
}

export const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signs by node:crypto alone, so that what is verified was not made by the library that verifies. */
export function signed(header: Readonly<Record<string, unknown>>, payload: unknown, key: KeyObject | string): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${signature(String(header['alg']), text, key).toString('base64url')}`;
}

function signature(algorithm: string, text: string, key: KeyObject | string): Buffer {
  const hash = `sha${algorithm.slice(2)}`;
  if (typeof key === 'string') return createHmac(hash, key).update(text).digest();
  const data = Buffer.from(text);
  switch (algorithm.slice(0, 2)) {
    case 'RS': return sign(hash, data, key);
    case 'PS': return sign(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(algorithm.slice(2)) / 8 });
    case 'ES': return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
    default: return sign(null, data, key);
  }
}

/** The problem a call ends in, thrown or rejected; fails when it ends well. */
export async function problemOf(call: () => unknown): Promise<Problem> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('expected a problem');
}

export function principalWith(parts: Partial<Principal> = {}): Principal {
  return { id: 'ada', email: null, roles: [], permissions: [], scopes: [], authenticator: 'users', claims: {}, expiresAt: Number.POSITIVE_INFINITY, ...parts };
}
