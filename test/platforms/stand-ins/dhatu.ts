import { gunzipSync, gzipSync } from 'node:zlib';
import { jsonOf, standIn, type Handler, type Handlers, type Heard, type StandIn } from './service.js';

const healthy: Handler = () => ({ json: { status: 'healthy' } });
const nowhere: Handler = () => ({ status: 404, json: { detail: 'Not Found' } });

/** What a text says, sent as JSON or as it is. */
function textIn(heard: Heard): Buffer {
  const text = jsonOf<{ text?: unknown }>(heard)?.text;
  return typeof text === 'string' ? Buffer.from(text) : heard.body;
}

const COMPRESSION: Handlers = {
  'GET /health': healthy,
  'POST /api/v1/compress': (heard) => {
    const text = textIn(heard);
    const packed = gzipSync(text);
    const whole = heard.headers['content-type'] !== 'application/json';
    return whole ? { headers: { 'content-type': 'application/octet-stream' }, body: packed } : { json: { compressed: packed.toString('base64'), ratio: packed.length / text.length } };
  },
  'POST /api/v1/decompress': ({ body }) => ({ headers: { 'content-type': 'text/plain; charset=utf-8' }, body: gunzipSync(body) }),
  'POST /api/v1/analyze': (heard) => ({ json: { size: textIn(heard).length } }),
  'POST /api/v2/compress': () => ({ json: { version: 2 } }),
};

const CORPUS: Handlers = {
  'GET /health': healthy,
  'POST /api/v1/corpus/collect': (heard) => ({ status: 201, json: { collected: jsonOf<{ documents: readonly unknown[] }>(heard)?.documents.length } }),
  'GET /api/v1/corpus/search': ({ query }) => ({ json: { documents: [{ id: 1, title: query.get('q') }] } }),
  'GET /api/v1/corpus/stats': () => ({ json: { documents: 108 } }),
};

const ANALYSIS: Handlers = {
  'GET /health': healthy,
  'POST /api/v1/patterns/detect': (heard) => ({ json: { patterns: ['sandhi'], of: jsonOf(heard) } }),
  'POST /api/v1/patterns/visualize': () => ({ headers: { 'content-type': 'image/svg+xml' }, body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
  'POST /api/v1/insights/generate': () => ({ json: { insights: ['verbs come last'] } }),
};

/** The three services of dhatu. Nobody has published them; they answer what their paths promise. */
export class DhatuServices implements AsyncDisposable {
  private constructor(readonly compression: StandIn, readonly corpus: StandIn, readonly analysis: StandIn) {}

  static async start(): Promise<DhatuServices> {
    return new DhatuServices(await standIn(COMPRESSION, nowhere), await standIn(CORPUS, nowhere), await standIn(ANALYSIS, nowhere));
  }

  /** Variables that tell the platform's gateway where they are. */
  get env(): Record<string, string> {
    return { COMPRESSION_SERVICE_URL: this.compression.url, CORPUS_SERVICE_URL: this.corpus.url, ANALYSIS_SERVICE_URL: this.analysis.url };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.compression, this.corpus, this.analysis].map((service) => service[Symbol.asyncDispose]()));
  }
}

/** How an SDK sends its key. */
export const WAYS = {
  'X-API-Key': (key: string) => ({ 'x-api-key': key }),
  'Authorization: Bearer': (key: string) => ({ authorization: `Bearer ${key}` }),
  'Authorization: ApiKey': (key: string) => ({ authorization: `ApiKey ${key}` }),
} as const;

interface SdkOptions {
  readonly baseURL: string;
  readonly apiKey: string;
  /** Default: X-API-Key. */
  readonly way?: keyof typeof WAYS;
}

interface Operation {
  readonly operationId: string;
  readonly tags?: readonly string[];
}

type Method = (data: unknown) => Promise<unknown>;

/** What the SDKs throw. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, readonly retryAfter: string | null) {
    super(`${status} ${code}`);
  }
}

/**
 * A client library as a generator makes it of the document that the gateway serves: the tag of an operation is a group, its
 * id a method. What is sent is a query for GET, JSON for all else.
 */
export class DhatuSdk {
  private constructor(private readonly options: SdkOptions, private readonly groups: ReadonlyMap<string, ReadonlyMap<string, Method>>) {}

  static async generate(options: SdkOptions): Promise<DhatuSdk> {
    const { paths } = (await (await fetch(`${options.baseURL}/openapi.json`)).json()) as { paths: Record<string, Record<string, Operation>> };
    const groups = new Map<string, Map<string, Method>>();
    const sdk = new DhatuSdk(options, groups);
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { operationId, tags = [] }] of Object.entries(methods)) {
        for (const tag of tags) groups.set(tag, (groups.get(tag) ?? new Map<string, Method>()).set(operationId, (data) => sdk.call(method.toUpperCase(), path, data)));
      }
    }
    return sdk;
  }

  /** Groups and their methods. */
  get shape(): Record<string, string[]> {
    return Object.fromEntries([...this.groups].map(([group, methods]) => [group, [...methods.keys()]]));
  }

  compress(text: string): Promise<unknown> {
    return this.of('compression', 'compress')({ text });
  }

  get corpus(): { search(q: string): Promise<unknown> } {
    return { search: (q) => this.of('corpus', 'search')({ q }) };
  }

  get analysis(): { detect_patterns(data: unknown): Promise<unknown> } {
    return { detect_patterns: this.of('analysis', 'detect_patterns') };
  }

  private of(group: string, method: string): Method {
    const found = this.groups.get(group)?.get(method);
    if (!found) throw new Error(`The document has no ${group}.${method}`);
    return found;
  }

  private async call(method: string, path: string, data: unknown): Promise<unknown> {
    const { apiKey, baseURL, way = 'X-API-Key' } = this.options;
    const asks = method === 'GET';
    const query = asks ? `?${new URLSearchParams(data as Record<string, string>).toString()}` : '';
    const answer = await fetch(baseURL + path + query, { method, headers: { ...WAYS[way](apiKey), ...(!asks && { 'content-type': 'application/json' }) }, ...(!asks && { body: JSON.stringify(data) }) });
    const body = (await answer.json()) as { code?: string };
    if (!answer.ok) throw new ApiError(answer.status, body.code ?? '', answer.headers.get('retry-after'));
    return body;
  }
}
