import type { Clock, Exchange } from '#libs/kernel';
import { TokenMemory } from '../jwt/token-memory.js';
import { digestOf } from '../revocable.js';
import type { PendingLogin } from './client.js';
import type { BrowserStore } from './cookies.js';
import type { Sealer } from './sealer.js';

/** Seconds that somebody may take to sign in. */
export const LOGIN_TIME = 600;
/** Logins that one browser can have under way: pages opened side by side. */
const AT_ONCE = 3;
/** Logins whose end is remembered, so that none ends twice. */
const REMEMBERED = 10_000;

/** A login that one browser began. */
export interface BegunLogin extends PendingLogin {
  /** A path of this site to end at. */
  readonly back: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Logins under way. Each lies encrypted in the browser that began it, so no other one can end it. */
export class PendingLogins {
  readonly #ended = new TokenMemory<true>(REMEMBERED);

  constructor(private readonly sealer: Sealer, private readonly store: BrowserStore, private readonly clock: Clock) {}

  async add(exchange: Exchange, login: BegunLogin): Promise<void> {
    const others = await this.#all(exchange);
    this.store.write(exchange, await this.sealer.seal([login, ...others].slice(0, AT_ONCE)));
  }

  /** Takes one out by what the issuer gave back; `null` where this browser did not begin it, or has ended it. */
  async take(exchange: Exchange, state: string): Promise<BegunLogin | null> {
    const all = await this.#all(exchange);
    const found = all.find((login) => login.state === state);
    const others = all.filter((login) => login !== found);
    this.store.write(exchange, others.length === 0 ? null : await this.sealer.seal(others));
    const key = digestOf(state);
    if (found === undefined || this.#ended.get(key) === true) return null;
    this.#ended.set(key, true);
    return found;
  }

  async #all(exchange: Exchange): Promise<readonly BegunLogin[]> {
    const text = this.store.read(exchange);
    const value = text === null ? null : await this.sealer.open(text);
    const oldest = this.clock.now() - LOGIN_TIME * 1_000;
    return Array.isArray(value) ? (value as BegunLogin[]).filter(({ at }) => at > oldest) : [];
  }
}
