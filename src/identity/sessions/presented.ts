import { z } from 'zod';
import { Problem, problems, type Exchange } from '#libs/kernel';
import { readJson } from '../../http/read-json.js';
import type { SignedIn } from '../contracts.js';
import type { Shapes } from '../shapes.js';
import type { RefreshCookie } from './refresh-cookie.js';
import type { Leaving } from './sessions.js';

/** Characters; ours are shorter, and what is longer is none. */
const LONGEST = 512;

const wanted = z.object({ refreshToken: z.string({ error: 'expected a refresh token' }).max(LONGEST) });
const welcome = wanted.partial();

/** A refresh token, and how it came. */
export interface Presented {
  readonly by: 'body' | 'cookie';
  readonly refreshToken: string;
}

interface Cookies {
  readonly cookie: RefreshCookie | null;
}

/**
 * The refresh token of a request that must have one. What stands in the body counts more than a cookie.
 * @throws Problem by rejection: unprocessable, or with cookies unauthenticated, where there is none; cross-site; see `readJson`.
 */
export async function presentedIn(exchange: Exchange, { cookie }: Cookies, shapes: Shapes): Promise<Presented> {
  if (cookie === null) return { by: 'body', ...await readJson(exchange, shapes.body(wanted)) };
  const presented = await find(exchange, { cookie }, shapes);
  if (presented === null) throw new Problem(problems.unauthenticated, 'No refresh token came, neither in the body nor as a cookie.', { headers: { 'WWW-Authenticate': 'Bearer' } });
  return presented;
}

async function find(exchange: Exchange, { cookie }: Cookies, shapes: Shapes): Promise<Presented | null> {
  const { refreshToken } = await readJson(exchange, shapes.body(welcome));
  if (refreshToken !== undefined) return { by: 'body', refreshToken };
  const kept = cookie?.read(exchange) ?? null;
  return kept === null ? null : { by: 'cookie', refreshToken: kept };
}

interface Parts {
  readonly sessions: Cookies;
  readonly shapes: Shapes;
  /** @throws Problem by rejection, 401, for an access token that is missing or not good. */
  readonly signedIn: () => Promise<SignedIn>;
}

/**
 * What a logout came with. An access token that is not good is no reason to stay where there is a refresh token, and one
 * that was revoked already none at all. Alone it is told what is wrong with it: else the session would go on unnoticed.
 * @throws Problem by rejection as said; cross-site; see `readJson`.
 */
export async function leavingOf(exchange: Exchange, { sessions, shapes, signedIn }: Parts): Promise<Leaving> {
  const refreshToken = (await find(exchange, sessions, shapes))?.refreshToken ?? null;
  try {
    return { refreshToken, signedIn: await signedIn() };
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== problems.unauthenticated.status) throw error;
    if (refreshToken === null && error.type !== problems.revokedCredential) throw error;
    return { refreshToken, signedIn: null };
  }
}
