import type { IncomingMessage } from 'node:http';
import type { User } from '../model.js';
import { demoPassword, demoUsers } from '../seed/users.js';
import { accessTokenSeconds } from '../tokens.js';
import { Refusal } from '../toolkit/call.js';
import type { Row } from '../toolkit/collection.js';
import type { Surroundings } from './demo-service.js';
import { Passwords } from './passwords.js';
import { RefreshTokens } from './refresh-tokens.js';

const challenge = { 'www-authenticate': 'Bearer' };

/** What everyone may read about an account. */
export const profile = ({ id, ...user }: Row<User>): object => ({ user_id: id, ...user });

/** Who may log in, and the sessions they have. */
export class Accounts {
  readonly #around: Surroundings;
  readonly #passwords = new Passwords();
  readonly #refreshTokens: RefreshTokens;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#refreshTokens = new RefreshTokens(around.clock);
    demoUsers.forEach((_, index) => this.#passwords.set(index + 1, demoPassword));
  }

  async login(name: string, password: string): Promise<object> {
    const user = this.#around.school.users.find(({ username, email }) => username === name || email === name);
    if (user?.is_active && this.#passwords.matches(user.id, password)) return this.#session(user);
    throw new Refusal(401, 'Nom d’utilisateur ou mot de passe incorrect', challenge);
  }

  async refresh(token: string): Promise<object> {
    const user = this.#around.school.users.get(this.#refreshTokens.redeem(token) ?? 0);
    if (user?.is_active) return this.#session(user);
    throw new Refusal(401, 'Refresh token invalide ou expiré', challenge);
  }

  logout(refreshToken: string): void {
    this.#refreshTokens.redeem(refreshToken);
  }

  register(user: User, password: string): Row<User> {
    const { users } = this.#around.school;
    const taken = users.find(({ username, email }) => username === user.username || email === user.email);
    if (taken) throw new Refusal(409, 'Nom d’utilisateur ou e-mail déjà utilisé');
    const row = users.add(user);
    this.#passwords.set(row.id, password);
    return row;
  }

  /** The owner of the bearer token. Missing is 403 and bad is 401, as FastAPI's HTTPBearer has it. */
  async bearer({ headers }: IncomingMessage): Promise<Row<User>> {
    const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) throw new Refusal(403, 'Not authenticated');
    const user = this.#around.school.users.get((await this.#around.tokens.verify(token)) ?? 0);
    if (user?.is_active) return user;
    throw new Refusal(401, 'Token invalide ou expiré', challenge);
  }

  /** The two layers of the frontend disagree on the case of the names: each finds its own. */
  async #session(user: Row<User>): Promise<object> {
    const access = await this.#around.tokens.issue(user);
    const refresh = this.#refreshTokens.issue(user.id);
    const names = { access_token: access, refresh_token: refresh, accessToken: access, refreshToken: refresh };
    return { ...names, token_type: 'bearer', expires_in: accessTokenSeconds, user: profile(user) };
  }
}
