import type { CacheRecord, CacheStore, Keeping, Outdated } from './contracts.js';

interface MemoryStoreOptions {
  /** Answers in its own time, as a store in another process does. */
  readonly slow?: boolean;
}

/** A store without bounds for specs. Several can share what they hold, as instances do. */
export class MemoryStore implements CacheStore {
  readonly records = new Map<string, { readonly record: CacheRecord; readonly keeping: Keeping }>();
  readonly leases = new Set<string>();
  /** Operations, in order. */
  readonly log: string[] = [];

  constructor(private readonly options: MemoryStoreOptions = {}) {}

  get(key: string): CacheRecord | null | Promise<CacheRecord | null> {
    const find = (): CacheRecord | null => this.records.get(key)?.record ?? null;
    return this.options.slow ? new Promise((resolve) => setImmediate(() => resolve(find()))) : find();
  }

  near(key: string): CacheRecord | null {
    return this.options.slow ? null : (this.records.get(key)?.record ?? null);
  }

  set(key: string, record: CacheRecord, keeping: Keeping): void {
    this.log.push(`set ${key}`);
    this.records.set(key, { record, keeping });
  }

  delete(key: string): void {
    this.log.push(`delete ${key}`);
    this.records.delete(key);
  }

  purge(what: Outdated): Promise<number> {
    this.log.push(`purge ${JSON.stringify(what)}`);
    let purged = 0;
    for (const [key, { keeping }] of this.records) {
      if ('prefix' in what ? !key.startsWith(what.prefix) : !key.startsWith(`${what.origin}/`) || !keeping.tags.some((tag) => what.tags.includes(tag))) continue;
      this.records.delete(key);
      purged++;
    }
    return Promise.resolve(purged);
  }

  async lease(key: string): Promise<(() => void) | null> {
    await (this.options.slow ? new Promise(setImmediate) : null);
    if (this.leases.has(key)) return null;
    this.leases.add(key);
    return () => {
      this.leases.delete(key);
    };
  }
}
