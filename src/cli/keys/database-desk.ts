import { z } from 'zod';
import { systemClock } from '#libs/kernel';
import type { GatewayConfig } from '../../config/index.js';
import { createBody, draftOf, rotateBody, viewKey, type Actor, type KeyAndText, type KeyView } from '../../identity/keys/index.js';
import { KeyStore } from '../../identity/keys/key-store.js';
import { Keys } from '../../identity/keys/keys.js';
import { UsageError } from '../failure.js';
import { FileDatabase, inWords } from '../file-database.js';
import type { KeyDesk, KeyOrder, MadeKey } from './desk.js';

const PAGE = 1_000;
const BY: Actor = { actor: 'command-line', client: null, requestId: null };

/** Keys in the database that the file names. Gateways that run hear of changes within `database.sync`. */
export class DatabaseDesk implements KeyDesk {
  readonly #keys: Keys;

  private constructor(private readonly file: FileDatabase, config: GatewayConfig['apiKeys']) {
    const { changes, database } = file;
    const store = new KeyStore({ database, changes, clock: systemClock, config });
    this.#keys = new Keys({ store, database, config });
  }

  get place(): string {
    return this.file.place;
  }

  /** @throws Failure by rejection when the database cannot be asked. */
  static async open(config: GatewayConfig): Promise<DatabaseDesk> {
    return new DatabaseDesk(await FileDatabase.open(config), config.apiKeys);
  }

  create(order: KeyOrder): Promise<MadeKey> {
    return inWords(async () => made(await this.#keys.create(draftOf(read(createBody, order), systemClock.now()), BY)));
  }

  async list(owner: string | undefined): Promise<readonly KeyView[]> {
    const keys: KeyView[] = [];
    for (let after: string | undefined, more = true; more;) {
      const page = await inWords(() => this.#keys.list({ owner, after, limit: PAGE }));
      keys.push(...page.keys.map((key) => viewKey(key, systemClock.now())));
      after = page.next ?? undefined;
      more = page.next !== null;
    }
    return keys;
  }

  rotate(id: string, overlap: string | undefined): Promise<MadeKey> {
    return inWords(async () => made(await this.#keys.rotate(id, read(rotateBody, { overlap }).overlap, BY)));
  }

  async revoke(id: string): Promise<void> {
    await inWords(() => this.#keys.revoke(id, BY));
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues.map(({ message, path }) => `${path.join('.')}: ${message}`).join('\n'));
}

function made({ key, text }: KeyAndText): MadeKey {
  return { ...viewKey(key, systemClock.now()), key: text.reveal() };
}
