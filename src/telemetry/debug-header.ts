import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Exchange, Secret } from '#libs/kernel';

/** Milliseconds that a header may be good for at most: whoever gets hold of one should not have it for long. */
export const LONGEST_DEBUG = 86_400_000;

/** Which requests a header is good for; nothing is all of them. */
export interface DebugScope {
  /** Name of a route. */
  readonly route?: string | undefined;
  /** A path, or all below it: `/api/**`. */
  readonly path?: string | undefined;
}

/** `v1`, when it ends (seconds since the epoch), what it is for, and a signature of all that. */
const HEADER = /^(v1\.(\d{1,12})\.([\w-]{0,1024}))\.([\w-]{43})$/;
const SCOPE = /^(?:(route|path)=(.+))?$/s;

/**
 * The value of a debug header.
 * @param expiresAt milliseconds since the epoch; rounded down to a second.
 */
export function debugHeader(secret: Secret, expiresAt: number, { path, route }: DebugScope): string {
  const scope = route !== undefined ? `route=${route}` : path !== undefined ? `path=${path}` : '';
  const claim = `v1.${Math.floor(expiresAt / 1_000)}.${Buffer.from(scope).toString('base64url')}`;
  return `${claim}.${mac(secret, claim).toString('base64url')}`;
}

/** Says what is wrong with a debug header; `null` for one that is good. */
export type DebugCheck = (sent: string, exchange: Exchange) => string | null;

/** Compiles the check of debug headers. The signature comes first: what is not ours is told nothing about the rest. */
export function compileDebugCheck(secret: Secret, clock: Clock): DebugCheck {
  return (sent, exchange) => {
    const [, claim = '', expires = '', scope = '', signature = ''] = HEADER.exec(sent) ?? [];
    if (claim === '') return 'it is not of the form v1.<expiry>.<scope>.<signature>';
    if (!timingSafeEqual(mac(secret, claim), Buffer.from(signature, 'base64url'))) return 'the signature is not valid';
    const left = Number(expires) * 1_000 - clock.now();
    if (left <= 0) return 'it has expired';
    if (left > LONGEST_DEBUG) return 'it is good for more than a day';
    return covers(Buffer.from(scope, 'base64url').toString(), exchange) ? null : 'it is for other requests';
  };
}

/** 32 bytes, as many as 43 characters of base64url stand for. */
function mac(secret: Secret, claim: string): Buffer {
  return createHmac('sha256', secret.reveal()).update(claim).digest();
}

function covers(text: string, { path, route }: Exchange): boolean {
  const found = SCOPE.exec(text);
  if (!found) return false;
  const [, kind, wanted = ''] = found;
  if (kind === undefined) return true;
  if (kind === 'route') return route?.name === wanted;
  if (!wanted.endsWith('/**')) return path === wanted;
  const base = wanted.slice(0, -3);
  return path === base || path.startsWith(`${base}/`);
}
