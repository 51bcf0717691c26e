import type { KeyObject } from 'node:crypto';
import { Problem, problems, type Clock } from '#libs/kernel';
import type { VerificationKey } from '../../auth/jwt/keys.js';
import type { Changes } from '../../database/index.js';
import { isOver, nextMoment, signerOf, type KeyPlan, type KeyTimes } from './key-schedule.js';
import { readPair, type Asymmetric, type PublicJwk } from './key-pair.js';
import { CHANGE, type KeyStore, type WrittenKey } from './key-store.js';
import type { Ring, Signer } from './ring.js';
import type { Vault } from './vault.js';

/** Milliseconds between two attempts to do what is due. */
const AGAIN = 2_000;
/** Milliseconds that an unknown key id, which anybody can invent, has the database asked at most once. */
const COOLDOWN = 5_000;
/** Milliseconds between two looks at the latest. */
const LONGEST = 3_600_000;

interface OwnKey extends KeyTimes, VerificationKey {
  readonly kid: string;
  readonly algorithm: Asymmetric;
  readonly jwk: PublicJwk;
  /** `null` where it cannot be read here: what it signed elsewhere is good all the same. */
  readonly privateKey: KeyObject | null;
}

export interface KeyRingParts {
  readonly store: KeyStore;
  readonly changes: Changes;
  readonly vault: Vault;
  readonly plan: KeyPlan;
  readonly clock: Pick<Clock, 'now'>;
}

/** The signing keys of the database, in memory. While the database is away it goes on with those it has. */
export class KeyRing implements Ring {
  removals = 0;
  #keys: readonly OwnKey[] = [];
  #loaded = false;
  #soughtAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #deaf: () => void = () => undefined;
  #closed = false;
  /** Looks that began, and the last of them that was gone by. */
  #begun = 0;
  #taken = 0;

  private constructor(private readonly parts: KeyRingParts) {}

  /**
   * Reads the keys, and makes the first. Where the database is away, it does so as soon as it is back.
   * @throws Error by rejection when keys are encrypted with another secret.
   */
  static async open(parts: KeyRingParts): Promise<KeyRing> {
    const ring = new KeyRing(parts);
    await ring.#work().catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
    });
    ring.#comeBack(ring.#loaded);
    const unread = ring.#keys.find(({ privateKey }) => privateKey === null);
    const written = unread && (await parts.store.load()).find(({ kid }) => kid === unread.kid);
    if (written) {
      ring.close();
      // It says what is wrong.
      parts.vault.open(written.privateJwk, written.kid);
    }
    ring.#deaf = parts.changes.subscribe(CHANGE, () => void ring.#load().catch(() => undefined), () => ring.#load());
    return ring;
  }

  get accepted(): ReadonlySet<string> {
    return new Set([this.parts.plan.algorithm, ...this.#keys.map(({ algorithm }) => algorithm)]);
  }

  signer(): Signer {
    const { clock, plan } = this.parts;
    const key = signerOf(this.#keys.filter(({ privateKey }) => privateKey !== null), plan, clock.now());
    if (key === undefined || key.privateKey === null) throw noKeys();
    return { algorithm: key.algorithm, kid: key.kid, key: key.privateKey };
  }

  get published(): readonly PublicJwk[] {
    return this.#keys.map(({ jwk }) => jwk);
  }

  touch(): boolean {
    return true;
  }

  async recent(): Promise<readonly VerificationKey[]> {
    if (!this.#loaded) await this.#load();
    return this.#keys;
  }

  /** Another gateway may have made one that is not heard of here. */
  async seek(): Promise<boolean> {
    const now = this.parts.clock.now();
    if (now < this.#soughtAt + COOLDOWN) return false;
    this.#soughtAt = now;
    await this.#load();
    return true;
  }

  /** Does what is due, and comes back when something else is. Never rejects. */
  async #tend(): Promise<void> {
    const now = this.parts.clock.now();
    this.#hold(this.#keys.filter((key) => !isOver(key, now)));
    await this.#work().then(() => this.#comeBack(true), () => this.#comeBack(false));
  }

  async #work(): Promise<void> {
    await this.parts.store.tend(this.parts.clock.now());
    await this.#load();
  }

  #comeBack(done: boolean): void {
    const { clock, plan } = this.parts;
    const now = clock.now();
    const pause = done ? Math.max(AGAIN, Math.min(LONGEST, nextMoment(this.#keys, plan, now) - now)) : AGAIN;
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void this.#tend(), pause).unref();
  }

  async #load(): Promise<void> {
    const turn = ++this.#begun;
    const written = await this.parts.store.load();
    // One that began later knows more.
    if (turn < this.#taken) return;
    this.#taken = turn;
    const known = new Map(this.#keys.map((key) => [key.kid, key]));
    this.#loaded = true;
    this.#hold(written.map((key) => this.#read(key, known.get(key.kid))));
  }

  #hold(keys: readonly OwnKey[]): void {
    const former = this.#keys;
    this.#keys = keys;
    if (!former.every(({ kid }) => keys.some((key) => key.kid === kid))) this.removals += 1;
  }

  #read({ activeFrom, algorithm, expiresAt, kid, privateJwk, publicJwk, retiredAt }: WrittenKey, known: OwnKey | undefined): OwnKey {
    const times = { algorithm, activeFrom, retiredAt, expiresAt };
    if (known !== undefined && known.privateKey !== null) return { ...known, ...times };
    const jwk = JSON.parse(publicJwk) as PublicJwk;
    const { privateKey, publicKey } = readPair(jwk, this.#opened(privateJwk, kid));
    return { kid, jwk, key: publicKey, privateKey, algorithms: [algorithm], ...times };
  }

  #opened(privateJwk: string, kid: string): Readonly<Record<string, unknown>> | null {
    try {
      return JSON.parse(this.parts.vault.open(privateJwk, kid)) as Readonly<Record<string, unknown>>;
    } catch {
      return null;
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#deaf();
  }
}

function noKeys(): Problem {
  return new Problem(problems.databaseAway, 'There is no key to sign with, for the database could not be asked yet. Repeat the request a little later.', { headers: { 'Retry-After': '1' } });
}
