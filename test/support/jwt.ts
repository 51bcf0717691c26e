import { SignJWT } from 'jose';

export const SECRET = 'a-secret-for-tests-that-is-long-enough';

/** A token signed with the secret of the tests' configurations. */
export function token(claims: Record<string, unknown>, expires: string | number = '1h'): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setIssuedAt().setExpirationTime(expires).sign(new TextEncoder().encode(SECRET));
}

/** `authenticate:` for a file whose tokens `token()` signs; also from the query, as browsers' WebSockets need. */
export const USERS = `authenticate: { users: { use: jwt, secret: "${SECRET}", algorithms: [HS256], from: [{ header: Authorization, scheme: Bearer }, { query: token }] } }`;
