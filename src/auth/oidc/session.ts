import type { Claims } from '../jwt/claim-path.js';
import type { Tokens } from './client.js';

/** What a login brought, as it lies encrypted in the browser. Times in milliseconds since the epoch. */
export interface Session {
  /** What it is revoked by. */
  readonly id: string;
  readonly claims: Claims;
  readonly tokens: Tokens;
  readonly bornAt: number;
  readonly seenAt: number;
}

/** Milliseconds; an `idle` of 0 is none. */
export interface Lifetime {
  readonly idle: number;
  readonly max: number;
  /** Left of the access token when it is renewed. */
  readonly refreshBefore: number;
}

/** How much of the idle time goes by before it is written down that the session is used. */
const TOUCH = 10;
/** Of the time of an access token, what is left of it at most when it is renewed. */
const LAST_PART = 4;

/** Until when the session lasts, come what may. */
export function endOf({ bornAt, seenAt }: Session, { idle, max }: Lifetime): number {
  return Math.min(bornAt + max, idle === 0 ? Number.POSITIVE_INFINITY : seenAt + idle);
}

/** When it is to be written down that it is used. */
export function touchOf({ seenAt }: Session, { idle }: Lifetime): number {
  return idle === 0 ? Number.POSITIVE_INFINITY : seenAt + idle / TOUCH;
}

/** When its access token is to be renewed; where it cannot, when it ends. */
export function refreshOf({ tokens: { begin, end, refresh } }: Session, { refreshBefore }: Lifetime): number {
  return refresh === null ? end : end - Math.min(refreshBefore, (end - begin) / LAST_PART);
}

/** A session as it was decrypted: made by us, but maybe by an older version. */
export function asSession(value: unknown): Session | null {
  const session = value as Partial<Session> | null;
  const whole = typeof session?.id === 'string' && typeof session.bornAt === 'number' && typeof session.seenAt === 'number'
    && typeof session.claims === 'object' && typeof session.tokens?.access === 'string' && typeof session.tokens.end === 'number';
  return whole ? session as Session : null;
}
