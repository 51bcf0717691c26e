import { events, type AuditNotice } from '#libs/kernel';
import type { ApiKeysConfig } from '../../config/index.js';
import type { Database } from '../../database/index.js';
import type { Actor, ApiKey, KeyAndText, KeyChanges, KeyDraft } from './api-key.js';
import { listKeys, type KeyPage, type KeyQuery } from './key-list.js';
import type { KeyStore } from './key-store.js';

interface Parts {
  readonly store: KeyStore;
  readonly database: Database;
  readonly config: ApiKeysConfig;
}

/** What is done to keys, for the audit to hear of. Everything rejects as the store does. */
export class Keys {
  constructor(private readonly parts: Parts) {}

  find(id: string): Promise<ApiKey> {
    return this.parts.store.find(id);
  }

  list(query: KeyQuery): Promise<KeyPage> {
    return listKeys(this.parts.database, query);
  }

  async create(draft: KeyDraft, by: Actor): Promise<KeyAndText> {
    const made = await this.parts.store.create(draft, by.actor);
    note(by, 'key.create', made.key, { ...saidOf(made.key) });
    return made;
  }

  /** @param overlap milliseconds that the former text goes on; that of the file unless it says. */
  async rotate(id: string, overlap: number | undefined, by: Actor): Promise<KeyAndText> {
    const made = await this.parts.store.rotate(id, overlap ?? this.parts.config.overlap);
    note(by, 'key.rotate', made.key, { name: made.key.name, formerUntil: made.key.formerUntil });
    return made;
  }

  async change(id: string, changes: KeyChanges, by: Actor): Promise<ApiKey> {
    const key = await this.parts.store.change(id, changes);
    note(by, 'key.change', key, { ...saidOf(key), changed: Object.keys(changes) });
    return key;
  }

  async revoke(id: string, by: Actor): Promise<ApiKey> {
    const { first, key } = await this.parts.store.revoke(id);
    if (first) note(by, 'key.revoke', key, { name: key.name, owner: key.owner });
    return key;
  }
}

function saidOf({ expiresAt, name, owner, permissions, roles, scopes }: ApiKey): AuditNotice['details'] {
  return { name, owner, roles, permissions, scopes, expiresAt };
}

function note({ actor, client, requestId }: Actor, action: string, { id }: ApiKey, details: AuditNotice['details']): void {
  events.audited.publish({ action, outcome: 'done', actor, subject: `key:${id}`, client, requestId, details });
}
