import { jwtVerify, SignJWT } from 'jose';
import type { User } from './model.js';
import type { Row } from './toolkit/collection.js';

export const accessTokenSeconds = 30 * 60;

/** Access tokens in the layout of PresencePro's auth-service: `sub` is the username, the number is `user_id`. */
export class AccessTokens {
  readonly #key: Uint8Array;

  constructor(
    secret: string,
    readonly clock: () => number,
  ) {
    this.#key = new TextEncoder().encode(secret);
  }

  async issue({ id, username, email, role }: Row<User>): Promise<string> {
    return new SignJWT({ user_id: id, email, role, type: 'access' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(username)
      .setExpirationTime(Math.floor(this.clock() / 1000) + accessTokenSeconds)
      .sign(this.#key);
  }

  /** The id of the user the token was issued to; undefined when it is not one of ours or no longer good. */
  async verify(token: string): Promise<number | undefined> {
    try {
      const options = { algorithms: ['HS256'], requiredClaims: ['exp'], currentDate: new Date(this.clock()) };
      const { payload } = await jwtVerify(token, this.#key, options);
      return payload['type'] === 'access' && typeof payload['user_id'] === 'number' ? payload['user_id'] : undefined;
    } catch {
      return undefined;
    }
  }
}
