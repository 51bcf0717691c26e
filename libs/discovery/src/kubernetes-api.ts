import { buildConnector, Client, type Dispatcher } from 'undici';
import type { KubernetesOptions } from './kubernetes-options.js';
import { linesOf } from './kubernetes-lines.js';
import { refusalOf, Refusal, type Question } from './kubernetes-refusal.js';
import { MOST_SLICES, parsePage, type Page, type Slice } from './kubernetes-slices.js';
import { readAccount, type Account } from './kubernetes-account.js';

/** Milliseconds for a connection. */
const CONNECT = 4_000;
/** Milliseconds for the head of an answer and for the next bytes of a list: a busy server lets requests queue. */
const PATIENCE = 15_000;
/** After so many milliseconds of silence on a connection its other end is asked whether it is there. */
const KEEP_ALIVE = 15_000;
/** Milliseconds that a watch may last longer than it was asked to. */
const GRACE = 10_000;
const PAGE = 50;
const LARGEST_PAGE = 32 * 1024 * 1024;
const LARGEST_DENIAL = 16 * 1024;

/** What is asked for, and as whom. */
export interface Errand {
  readonly options: KubernetesOptions;
  /** Where relative paths start. */
  readonly folder: string;
  /** Ends whatever is under way. */
  readonly signal: AbortSignal;
}

/** The slices of a service at one moment. */
export interface Listing {
  readonly slices: readonly Slice[];
  /** Where a watch goes on from here. */
  readonly version: string;
}

/** One connection to the API server, which speaks of the EndpointSlices of one service. No proxy, no redirects. */
export class KubernetesApi {
  readonly #client: Client;

  /** Reads the files of the account and gets ready to connect. */
  static async open(errand: Errand): Promise<KubernetesApi> {
    return new KubernetesApi(errand, await readAccount(errand.options, errand.folder));
  }

  private constructor(
    private readonly errand: Errand,
    private readonly account: Account,
  ) {
    this.#client = new Client(errand.options.server, { connect: unobtrusive(account.ca), headersTimeout: PATIENCE, allowH2: false });
  }

  /**
   * All slices of the service, page by page.
   * @throws Refusal when the server does not give them; Error when it cannot be asked or gives something else.
   */
  async list(): Promise<Listing> {
    try {
      return await this.#pages({ limit: String(PAGE) });
    } catch (error) {
      // Too much changed between two pages for the server to go on with them: it can still tell all at once.
      if (error instanceof Refusal && error.status === 410) return this.#pages({});
      throw error;
    }
  }

  async #pages(query: Record<string, string>): Promise<Listing> {
    const slices: Slice[] = [];
    let page: Page = { version: '', next: '', slices };
    let asked = 0;
    do {
      const body = await this.#ask('list', page.next === '' ? query : { ...query, continue: page.next }, PATIENCE);
      page = parsePage(await textOf(body, LARGEST_PAGE));
      slices.push(...page.slices);
      if (slices.length > MOST_SLICES || ++asked > MOST_SLICES) throw new Error(`there are more than ${MOST_SLICES} EndpointSlices`);
    } while (page.next !== '');
    return { slices, version: page.version };
  }

  /**
   * What changes after a version, one line of JSON each, for some seconds; then it ends, and so it does when the
   * connection breaks.
   * @throws as `list`, before the first line.
   */
  async watch(version: string, seconds: number): Promise<AsyncIterable<string>> {
    const query = { watch: 'true', allowWatchBookmarks: 'true', resourceVersion: version, timeoutSeconds: String(seconds) };
    return linesOf(await this.#ask('watch', query, seconds * 1_000 + GRACE));
  }

  async #ask(verb: Question['verb'], query: Record<string, string>, silence: number): Promise<Dispatcher.ResponseData['body']> {
    const { options: { service, token: tokenFile }, signal } = this.errand;
    const { namespace, token } = this.account;
    const search = new URLSearchParams({ labelSelector: `kubernetes.io/service-name=${service}`, ...query });
    const { statusCode, headers, body } = await this.#client.request({
      method: 'GET', path: `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices?${search.toString()}`, signal, bodyTimeout: silence,
      headers: { accept: 'application/json', 'user-agent': 'passerelle', ...(token === null ? {} : { authorization: `Bearer ${token.reveal()}` }) },
    });
    if (statusCode === 200) return body;
    const text = await textOf(body, LARGEST_DENIAL).catch(() => '');
    throw refusalOf({ verb, namespace, tokenFile }, { status: statusCode, retryAfter: [headers['retry-after']].flat()[0], body: text });
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }
}

/** Connections that do not keep the process alive. */
function unobtrusive(ca: string | null): buildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT, keepAliveInitialDelay: KEEP_ALIVE, allowH2: false, rejectUnauthorized: true, ...(ca === null ? {} : { ca }),
  });
  return (options, callback) => connect(options, (...[error, socket]) => {
    if (error !== null) return callback(error, null);
    // The client would hold on to it again with every further request.
    socket.unref().ref = () => socket;
    callback(null, socket);
  });
}

async function textOf(body: AsyncIterable<Uint8Array>, largest: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > largest) throw new Error(`an answer has more than ${largest} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
