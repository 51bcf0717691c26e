import type { IncomingHttpHeaders } from 'node:http';
import { Answer, AnswerBody, Exchange, HeaderList, type BodyControl } from '#libs/kernel';
import { FakeClock, seededRandom } from '#libs/testing';
import type { CacheSettings, CacheStore } from '../contracts.js';
import { MemoryStore } from '../memory-store.fixture.js';
import { CachedRoute } from './cached-route.js';
import { Flights } from './flights.js';
import type { CacheParts } from './parts.js';

const plainSettings: CacheSettings = {
  maxAge: 0, statuses: new Set([200]), negative: new Map(), respect: true, heuristic: 0, heuristicMost: 0, staleWhileRevalidate: 0, staleIfError: 0,
  maxSize: 1_000_000, collapse: 15_000, shareCookies: false, byPrincipal: false, clientControl: true, dress: null, standBy: 0, cacheStatus: 'gw', tagHeaders: ['cache-tag'],
};

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Who is calling, by whatever means. */
  readonly user?: string;
}

/** What the service said, as a test looks at it. */
interface Seen {
  readonly status: number;
  readonly headers: HeaderList;
  readonly text: string;
  readonly trailers: readonly string[] | null;
}

/** What answers a call; it may throw. */
export type Respond = (exchange: Exchange, call: number) => Answer | Promise<Answer>;

interface SceneOptions {
  readonly settings?: Partial<CacheSettings>;
  readonly store?: CacheStore & { readonly log?: string[] };
  readonly clock?: FakeClock;
  readonly respond?: Respond;
  /** Seed of the chance there is. */
  readonly seed?: number;
}

/** One route with a cache, and a service that does as the test says. */
export class Scene {
  readonly store: CacheStore;
  readonly clock: FakeClock;
  readonly flights: Flights;
  readonly settings: CacheSettings;
  readonly parts: CacheParts;
  readonly route: CachedRoute;
  /** What the service was sent. */
  readonly calls: { readonly exchange: Exchange; readonly method: string; readonly headers: HeaderList }[] = [];
  respond: Respond;

  constructor({ clock = new FakeClock(), respond = () => respondWith(), seed = 1, settings = {}, store = new MemoryStore() }: SceneOptions = {}) {
    this.store = store;
    this.clock = clock;
    this.respond = respond;
    this.flights = new Flights(clock);
    this.settings = { ...plainSettings, ...settings };
    const own = (exchange: Exchange): string => (this.settings.byPrincipal ? (exchange.principal?.id ?? '') : '');
    this.parts = {
      settings: this.settings, store, clock, flights: this.flights, random: seededRandom(seed),
      isAuthenticated: ({ principal }) => principal !== null,
      tags: ({ path }) => [`path:${path}`],
      keys: {
        of: (exchange) => (exchange.path === '/nokey' ? null : `http://${exchange.host}${exchange.path}${exchange.query} ${own(exchange)}`),
        ofUri: (_exchange, uri) => `${uri} `,
        originOf: ({ host, scheme }) => `${scheme}://${host}`,
      },
    };
    this.route = new CachedRoute(this.parts);
  }

  open({ headers = {}, method = 'GET', path = '/a', user }: Asked = {}): Exchange {
    const fields: IncomingHttpHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const exchange = new Exchange({ method, path, query: '', headers: fields, rawHeaders: Object.entries(headers).flat(), startedAt: 0 });
    Object.assign(exchange, { scheme: 'http', host: 'gw.test' });
    if (user !== undefined) exchange.principal = { id: user } as NonNullable<Exchange['principal']>;
    exchange.outgoing = { method, path, query: '', headers: new HeaderList(Object.entries(headers).flat()), body: null };
    return exchange;
  }

  send(exchange: Exchange): Promise<Answer> {
    return this.route.intercept(exchange, async (asked) => {
      const { headers, method } = asked.outgoing as NonNullable<Exchange['outgoing']>;
      this.calls.push({ exchange: asked, method, headers: new HeaderList([...headers.flat]) });
      // Transforms edit it, and must not be seen by the cache.
      headers.set('X-Edited', 'yes');
      await Promise.resolve();
      return this.respond(asked, this.calls.length);
    });
  }

  /** Asks and reads the answer to its end. */
  async ask(asked: Asked = {}): Promise<Seen & { readonly exchange: Exchange }> {
    const exchange = this.open(asked);
    return { exchange, ...(await read(await this.send(exchange))) };
  }
}

type Fields = Readonly<Record<string, string>>;

/** An answer of a service, whole. */
export function respondWith(fields: Fields = { 'cache-control': 'max-age=60' }, text = 'hello', status = 200): Answer {
  return new Answer(status, new HeaderList(Object.entries(fields).flat()), AnswerBody.of(text));
}

/** One whose content is still to come, through `body`. */
export function respondLater(fields: Fields = { 'cache-control': 'max-age=60' }, control: BodyControl | null = null): { readonly answer: Answer; readonly body: AnswerBody } {
  const body = new AnswerBody(control);
  return { answer: new Answer(200, new HeaderList(Object.entries(fields).flat()), body), body };
}

export function read({ body, headers, status }: Answer): Promise<Seen> {
  if (body === null) return Promise.resolve({ status, headers, text: '', trailers: null });
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    body.attach({
      write: (chunk) => {
        chunks.push(chunk);
        return true;
      },
      end: (trailers) => resolve({ status, headers, text: Buffer.concat(chunks).toString(), trailers }),
      fail: reject,
    });
  });
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(turns = 5): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise(setImmediate);
}
