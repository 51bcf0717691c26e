import { randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { demoPassword } from '../../../src/cli/demo/seed/users.js';
import { SECRET } from '../../support/jwt.js';
import { jsonOf, type Handler, type Handlers, type Heard, type Said } from './service.js';

/** What the platform's services say of themselves in every header. */
const OWN = { server: 'uvicorn', 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' };
const KEY = new TextEncoder().encode(SECRET);
const USERS = ['admin', 'enseignant', 'etudiant', 'parent'];

/** An answer of one of the services. */
export function said(json: unknown, status = 200, headers: Said['headers'] = {}): Said {
  return { status, json, headers: { ...OWN, ...headers } };
}

/** A refusal as FastAPI words it. */
export function refused(status: number, detail: string): Said {
  return said({ detail }, status, status === 401 ? { 'www-authenticate': 'Bearer' } : {});
}

/** The token of the Authorization header. */
export function bearerOf({ headers }: Heard): string | null {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** The user whom a token names; `null` for a bad one. */
export async function userOf(token: string): Promise<string | null> {
  try {
    return (await jwtVerify(token, KEY)).payload.sub ?? null;
  } catch {
    return null;
  }
}

/** Neither `iat`, nor an e-mail address, nor permissions. */
function accessToken(username: string): Promise<string> {
  return new SignJWT({ sub: username, user_id: USERS.indexOf(username) + 1, role: username, type: 'access' }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).setExpirationTime('30m').sign(KEY);
}

/** Opaque, for one use each. */
const refreshTokens = new Map<string, string>();

async function tokensFor(username: string): Promise<object> {
  const refresh = randomUUID();
  refreshTokens.set(refresh, username);
  return { access_token: await accessToken(username), refresh_token: refresh, token_type: 'bearer' };
}

const login: Handler = async (heard) => {
  const { password, username } = jsonOf<{ username?: string; password?: string }>(heard) ?? {};
  if (username === undefined || password === undefined) return said({ detail: [{ type: 'missing', loc: ['body', 'username'], msg: 'Field required', input: {} }] }, 422);
  if (!USERS.includes(username) || password !== demoPassword) return refused(401, "Nom d'utilisateur ou mot de passe incorrect");
  return said(await tokensFor(username), 200, { 'set-cookie': ['theme=dark; Path=/', 'lang=fr; Path=/'] });
};

const refresh: Handler = async (heard) => {
  const token = jsonOf<{ refresh_token?: string }>(heard)?.refresh_token ?? '';
  const username = refreshTokens.get(token);
  if (username === undefined || !refreshTokens.delete(token)) return refused(401, 'Refresh token invalide ou expiré');
  return said(await tokensFor(username));
};

/** Missing is 403, bad is 401. */
function known(handler: (username: string, heard: Heard) => Said): Handler {
  return async (heard) => {
    const token = bearerOf(heard);
    if (token === null) return refused(403, 'Not authenticated');
    const username = await userOf(token);
    return username === null ? refused(401, 'Could not validate credentials') : handler(username, heard);
  };
}

const profile = (username: string): Said =>
  said({ user_id: USERS.indexOf(username) + 1, username, role: username, first_name: username, last_name: 'Dupont', email: `${username}@presencepro.example`, is_active: true });

const logout = known((_username, heard) => {
  const gone = refreshTokens.delete(jsonOf<{ refresh_token?: string }>(heard)?.refresh_token ?? '');
  return gone ? said({ message: 'Déconnexion réussie' }) : refused(400, 'Refresh token inconnu');
});

/** auth-service. */
export const AUTH: Handlers = {
  'GET /health': () => said({ status: 'healthy', service: 'auth-service' }),
  'POST /api/v1/auth/login': login,
  'POST /api/v1/auth/refresh-token': refresh,
  'POST /api/v1/auth/logout': logout,
  'GET /api/v1/auth/roles/me': known(profile),
};
