import { Agent, request, type Dispatcher } from 'undici';

interface Cookie {
  readonly value: string;
  readonly path: string;
  /** As it was set. */
  readonly field: string;
}

export interface Page {
  readonly status: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: () => Record<string, unknown>;
  /** Addresses on the way, this one last. */
  readonly hops: readonly string[];
}

export interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Redirects to follow. */
  readonly hops?: number;
}

const NAVIGATION = { 'accept': 'text/html,application/xhtml+xml', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' };
const SCRIPT = { 'accept': 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' };

/** As much of a browser as matters to logins: it keeps cookies, by host and port so that all can be on one machine, and follows redirects. */
export class Browser implements AsyncDisposable {
  readonly #agent = new Agent();
  /** By host, then by name and path. */
  readonly #cookies = new Map<string, Map<string, Cookie>>();

  /** Opens a page, and goes wherever it is sent. */
  open(url: string, visit: Visit = {}): Promise<Page> {
    return this.#go(url, { ...visit, headers: { ...NAVIGATION, ...visit.headers } }, visit.hops ?? 20);
  }

  /** Asks as a script of the page would. */
  ask(url: string, visit: Visit = {}): Promise<Page> {
    return this.#go(url, { ...visit, headers: { ...SCRIPT, ...visit.headers } }, visit.hops ?? 0);
  }

  /** What is kept of one host, by name. */
  cookies(url: string): Readonly<Record<string, string>> {
    return Object.fromEntries([...(this.#cookies.get(new URL(url).host) ?? [])].map(([name, { value }]) => [name, value]));
  }

  /** As it was set, attributes and all. */
  field(url: string, name: string): string | undefined {
    return this.#cookies.get(new URL(url).host)?.get(name)?.field;
  }

  put(url: string, cookies: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(cookies)) this.#jar(new URL(url)).set(name, { value, path: '/', field: '' });
  }

  forget(url: string): void {
    this.#cookies.delete(new URL(url).host);
  }

  async #go(address: string, { body, headers = {}, method = 'GET' }: Visit, hops: number, trail: readonly string[] = []): Promise<Page> {
    const url = new URL(address);
    const cookie = [...this.#jar(url)].filter(([, { path }]) => url.pathname.startsWith(path)).map(([name, { value }]) => `${name}=${value}`).join('; ');
    const answer = await request(url, { dispatcher: this.#agent, method: method as Dispatcher.HttpMethod, headers: { ...headers, ...(cookie !== '' && { cookie }) }, body: body ?? null });
    const text = await answer.body.text();
    this.#keep(url, [answer.headers['set-cookie'] ?? []].flat());
    const { location } = answer.headers;
    const trailed = [...trail, url.href];
    if (hops > 0 && typeof location === 'string' && answer.statusCode >= 300 && answer.statusCode < 400) return this.#go(new URL(location, url).href, { headers }, hops - 1, trailed);
    return { status: answer.statusCode, url: url.href, headers: answer.headers, text, json: () => JSON.parse(text) as Record<string, unknown>, hops: trailed };
  }

  #jar({ host }: URL): Map<string, Cookie> {
    const jar = this.#cookies.get(host) ?? new Map<string, Cookie>();
    this.#cookies.set(host, jar);
    return jar;
  }

  #keep(url: URL, fields: readonly string[]): void {
    for (const field of fields) {
      const [, name = '', value = ''] = /^([^=;]*)=([^;]*)/.exec(field) ?? [];
      const over = /;\s*max-age=0\b/i.test(field) || Date.parse(/;\s*expires=([^;]*)/i.exec(field)?.[1] ?? '') <= Date.now();
      if (over) this.#jar(url).delete(name);
      else this.#jar(url).set(name, { value, path: /;\s*path=([^;]*)/i.exec(field)?.[1] ?? '/', field });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}
