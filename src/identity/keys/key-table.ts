import type { OwnLimit } from '#libs/kernel';
import type { HeldKey } from '../../auth/api-keys.js';
import type { KeyRow } from './api-key.js';

/** Lists that are kept once, however many keys have the like. */
const SHARED = 1_000;

type Lists = (json: string) => readonly string[];

/** A key in memory. */
export class Slot implements HeldKey {
  version = 0;
  hash = '';
  formerHash: string | null = null;
  formerUntil = 0;
  name = '';
  owner: string | null = null;
  roles: readonly string[] = NONE;
  permissions: readonly string[] = NONE;
  scopes: readonly string[] = NONE;
  limits: readonly OwnLimit[] = NO_LIMITS;
  expiresAt = Number.POSITIVE_INFINITY;
  /** `Infinity` while it is not. */
  revokedAt = Number.POSITIVE_INFINITY;
  revoked = false;
  noted = false;

  constructor(readonly id: string) {}

  follow(row: KeyRow, listOf: Lists): void {
    this.version = row.version;
    this.hash = row.hash;
    this.formerHash = row.former_hash;
    this.formerUntil = row.former_until ?? 0;
    this.name = row.name;
    this.owner = row.owner;
    this.roles = listOf(row.roles);
    this.permissions = listOf(row.permissions);
    this.scopes = listOf(row.scopes);
    this.limits = row.limits === null ? NO_LIMITS : Object.freeze(JSON.parse(row.limits) as OwnLimit[]);
    this.expiresAt = row.expires_at ?? Number.POSITIVE_INFINITY;
    this.revokedAt = row.revoked_at ?? Number.POSITIVE_INFINITY;
    this.revoked = row.revoked_at !== null;
  }
}

const NONE: readonly string[] = Object.freeze([]);
const NO_LIMITS: readonly OwnLimit[] = Object.freeze([]);

/** All keys by their id. Whoever holds one sees it change. */
export class KeyTable {
  readonly #keys = new Map<string, Slot>();
  readonly #lists = new Map<string, readonly string[]>();

  get size(): number {
    return this.#keys.size;
  }

  find(id: string): Slot | undefined {
    return this.#keys.get(id);
  }

  /** Takes a state over, unless a later one is known. @throws Error for one that makes no sense. */
  take(row: KeyRow): void {
    const slot = this.#keys.get(row.id) ?? new Slot(row.id);
    if (row.version <= slot.version) return;
    slot.follow(row, (json) => this.#listOf(json));
    this.#keys.set(row.id, slot);
  }

  /** Drops all but those with these ids; whoever holds one finds it revoked. */
  keep(ids: ReadonlySet<string>): void {
    this.#drop((slot) => !ids.has(slot.id));
  }

  /** Drops what ended before a moment. */
  sweep(before: number): void {
    this.#drop(({ expiresAt, revokedAt }) => expiresAt < before || revokedAt < before);
  }

  #drop(over: (slot: Slot) => boolean): void {
    for (const slot of this.#keys.values()) {
      if (!over(slot)) continue;
      slot.revoked = true;
      this.#keys.delete(slot.id);
    }
  }

  #listOf(json: string): readonly string[] {
    if (json === '[]') return NONE;
    const known = this.#lists.get(json);
    if (known !== undefined) return known;
    const list = Object.freeze(JSON.parse(json) as string[]);
    if (this.#lists.size < SHARED) this.#lists.set(json, list);
    return list;
  }
}
