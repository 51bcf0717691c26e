import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Waiting {
  readonly path: string;
  readonly index: number;
  readonly response: ServerResponse;
}

/** A store that answers as Consul's does, blocking queries too, as far as reading goes. */
export class ConsulStore implements AsyncDisposable {
  /** Token and path of every question. */
  readonly asked: { readonly path: string; readonly token: string | undefined }[] = [];
  readonly #server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://store');
    this.asked.push({ path: pathname, token: request.headers['x-consul-token'] as string | undefined });
    this.#answer({ path: pathname, index: Number(searchParams.get('index') ?? 0), response });
  });
  #index = 1;
  #waiting: readonly Waiting[] = [];
  /** Status of every answer, where it is not what it should be. */
  failing: number | null = null;

  private constructor(private readonly keys: Map<string, string | Uint8Array>) {}

  static async start(keys: Readonly<Record<string, string | Uint8Array>> = {}): Promise<ConsulStore> {
    const store = new ConsulStore(new Map(Object.entries(keys)));
    store.#server.listen(0, '127.0.0.1');
    await once(store.#server, 'listening');
    return store;
  }

  /** `consul://host:port`. */
  get url(): string {
    return `consul://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many questions wait for something newer. */
  get waiting(): number {
    return this.#waiting.filter(({ response }) => !response.destroyed).length;
  }

  put(key: string, value: string): void {
    this.keys.set(key, value);
    this.#index++;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) this.#answer(one);
  }

  #answer(one: Waiting): void {
    if (one.index >= this.#index && this.failing === null) {
      this.#waiting = [...this.#waiting, one];
      return;
    }
    const key = decodeURIComponent(one.path.replace('/v1/kv/', ''));
    const found = [...this.keys].filter(([name]) => (key.endsWith('/') ? name.startsWith(key) : name === key));
    const body = found.map(([Key, value]) => ({ Key, Value: value === '' ? null : Buffer.from(value).toString('base64') }));
    one.response.writeHead(this.failing ?? (found.length === 0 ? 404 : 200), { 'x-consul-index': String(this.#index) }).end(found.length === 0 ? '' : JSON.stringify(body.reverse()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
