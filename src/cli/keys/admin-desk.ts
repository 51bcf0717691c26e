import type { KeyView } from '../../identity/keys/index.js';
import { Failure, UsageError } from '../failure.js';
import type { KeyDesk, KeyOrder, MadeKey } from './desk.js';

/** Milliseconds that a gateway may take. */
const PATIENCE = 30_000;
const PAGE = 200;

interface Asked {
  readonly method: 'DELETE' | 'GET' | 'POST';
  /** Below `keys`, with its query. */
  readonly path: string;
  readonly body?: object;
}

/** Keys through the admin endpoint of a gateway that runs. */
export class AdminDesk implements KeyDesk {
  readonly place: string;
  readonly #base: URL;

  /** @throws UsageError for text that is no address. */
  constructor(admin: string, private readonly token: string | undefined) {
    const base = URL.parse(`${admin.replace(/\/+$/, '')}/keys`);
    if (base === null || !/^https?:$/.test(base.protocol)) throw new UsageError('Say where the admin endpoint is: --admin https://example.org/admin.');
    this.#base = base;
    this.place = base.origin + base.pathname;
  }

  create(order: KeyOrder): Promise<MadeKey> {
    return this.#ask<MadeKey>({ method: 'POST', path: '', body: order });
  }

  async list(owner: string | undefined): Promise<readonly KeyView[]> {
    const keys: KeyView[] = [];
    for (let after: string | null = ''; after !== null;) {
      const query = new URLSearchParams({ limit: String(PAGE), after, ...(owner !== undefined && { owner }) });
      const page: { readonly keys: readonly KeyView[]; readonly next: string | null } = await this.#ask({ method: 'GET', path: `?${query.toString()}` });
      keys.push(...page.keys);
      after = page.next;
    }
    return keys;
  }

  rotate(id: string, overlap: string | undefined): Promise<MadeKey> {
    return this.#ask<MadeKey>({ method: 'POST', path: `/${encodeURIComponent(id)}/rotate`, body: overlap === undefined ? {} : { overlap } });
  }

  async revoke(id: string): Promise<void> {
    await this.#ask({ method: 'DELETE', path: `/${encodeURIComponent(id)}` });
  }

  async #ask<T>({ body, method, path }: Asked): Promise<T> {
    // Loaded only now: other commands do without it.
    const { default: axios } = await import('axios');
    const headers = { ...(body === undefined && { 'content-type': false }), ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }) };
    const answer = await axios.request<unknown>({ method, url: this.#base.href + path, data: body, headers, timeout: PATIENCE, maxRedirects: 0, validateStatus: () => true }).catch((error: unknown) => {
      throw new Failure(`${this.#base.origin} cannot be reached: ${(error as Error).message}.`, { cause: error });
    });
    const { data, status } = answer;
    if (status === 204) return undefined as T;
    if (status >= 200 && status < 300 && typeof data === 'object' && data !== null && ('id' in data || 'keys' in data)) return data as T;
    throw new Failure(this.#refusal(status, data));
  }

  #refusal(status: number, data: unknown): string {
    const { code, detail } = (typeof data === 'object' && data !== null ? data : {}) as { readonly code?: unknown; readonly detail?: unknown };
    const said = typeof detail === 'string' ? `: ${detail}` : '';
    if (status === 401) return `${this.#base.origin} wants to know who asks (401)${said} Give a token: --token, or PASSERELLE_TOKEN.`;
    if (status === 404 && code !== 'unknown-key') return `${this.place} is not there (404)${said}`;
    return status < 300 ? `${this.place} answers, but is no admin endpoint of a gateway.` : `${this.#base.origin} says ${status}${said}`;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
