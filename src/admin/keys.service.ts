import { Injectable } from '@nestjs/common';
import { Problem, problems, systemClock, type Exchange } from '#libs/kernel';
import { rolesOf } from '../auth/roles.js';
import { ConfigStore } from '../config/index.js';
import { readJson } from '../http/read-json.js';
import { KeyDirectory } from '../identity/index.js';
import { changeBody, changesOf, createBody, draftOf, rotateBody, viewKey, type Actor, type ApiKey, type KeyAndText, type KeyQuery, type Keys, type KeyView, type Rights } from '../identity/keys/index.js';
import { excess } from './key-rights.js';

/** A key, and its text this once. */
export interface MadeKeyView extends KeyView {
  readonly key: string;
}

export interface KeyPageView {
  readonly keys: readonly KeyView[];
  readonly total: number;
  readonly next: string | null;
}

/** Makes and changes API keys on behalf of whoever asks, who may give away only what they have. */
@Injectable()
export class KeysService {
  constructor(
    private readonly directory: KeyDirectory,
    private readonly store: ConfigStore,
  ) {}

  get #keys(): Keys {
    return this.directory.current;
  }

  async list(query: KeyQuery): Promise<KeyPageView> {
    const page = await this.#keys.list(query);
    return { ...page, keys: page.keys.map(view) };
  }

  async find(id: string): Promise<KeyView> {
    return view(await this.#keys.find(id));
  }

  /** @throws Problem forbidden by rejection when the key could do what its maker cannot. */
  async create(exchange: Exchange): Promise<MadeKeyView> {
    const keys = this.#keys;
    const draft = draftOf(await readJson(exchange, createBody), systemClock.now());
    this.#permit(exchange, draft);
    this.#permitOwner(exchange, draft.owner);
    return made(await keys.create(draft, actorOf(exchange)));
  }

  /** Whoever gets the new text can do what the key can. */
  async rotate(exchange: Exchange, id: string): Promise<MadeKeyView> {
    const { overlap } = await readJson(exchange, rotateBody);
    const key = await this.#keys.find(id);
    this.#permit(exchange, key);
    this.#permitOwner(exchange, key.owner);
    return made(await this.#keys.rotate(id, overlap, actorOf(exchange)));
  }

  async change(exchange: Exchange, id: string): Promise<KeyView> {
    const changes = changesOf(await readJson(exchange, changeBody), systemClock.now());
    const { permissions, roles, scopes } = await this.#keys.find(id);
    this.#permit(exchange, { roles: changes.roles ?? roles, permissions: changes.permissions ?? permissions, scopes: changes.scopes ?? scopes });
    return view(await this.#keys.change(id, changes, actorOf(exchange)));
  }

  async revoke(exchange: Exchange, id: string): Promise<void> {
    await this.#keys.revoke(id, actorOf(exchange));
  }

  #permit({ principal }: Exchange, wanted: Rights): void {
    const missing = excess(wanted, principal && rolesOf(this.store.current.config.roles).standing(principal));
    const named = Object.entries(missing).filter(([, names]) => names.length > 0);
    if (named.length === 0) return;
    const said = named.map(([what, names]) => `the ${what} ${names.join(', ')}`).join(' and ');
    throw new Problem(problems.forbidden, `You do not have ${said}, so no key that you hold may. The superuser, or somebody who has them, can do it.`, { members: { missing: Object.fromEntries(named) } });
  }

  /** Whoever calls with the key passes for its owner. */
  #permitOwner({ principal }: Exchange, owner: string | null): void {
    if (owner === null || owner === principal?.id) return;
    if (principal !== null && rolesOf(this.store.current.config.roles).standing(principal).superuser) return;
    throw new Problem(problems.forbidden, 'A key for somebody else passes for them. Leave `owner` out, name yourself, or have the superuser do it.');
  }
}

function view(key: ApiKey): KeyView {
  return viewKey(key, systemClock.now());
}

function made({ key, text }: KeyAndText): MadeKeyView {
  return { ...view(key), key: text.reveal() };
}

function actorOf({ client, id, principal }: Exchange): Actor {
  return { actor: principal && `${principal.authenticator}:${principal.id}`, client, requestId: id };
}
