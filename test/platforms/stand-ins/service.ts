import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { echoService, type EchoService } from '#libs/testing';

/** One request as a stand-in heard it. */
export interface Heard {
  readonly method: string;
  /** Path without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Names and values in turn, as they arrived. */
  readonly rawHeaders: readonly string[];
  /** What `:name` of the pattern stands for. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a stand-in answers. */
export interface Said {
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Becomes the body as JSON. */
  readonly json?: unknown;
  /** The body itself; a stream goes on until it ends or nobody listens any more. Default: empty. */
  readonly body?: string | Buffer | Readable;
}

/** Answers a request; `hang` never does. */
export type Handler = (heard: Heard) => Said | 'hang' | Promise<Said | 'hang'>;

/** Handlers by method and path: `GET /users/:id`, `* /health`. */
export type Handlers = Readonly<Record<string, Handler>>;

/** A service of a platform on a free port, which answers as the real one does. */
export class StandIn implements AsyncDisposable {
  /** Requests so far, oldest first. */
  readonly heard: Heard[] = [];
  readonly #handlers: Map<string, Handler>;

  private constructor(private readonly service: EchoService, handlers: Handlers, private readonly otherwise: Handler) {
    this.#handlers = new Map(Object.entries(handlers));
  }

  /** @param otherwise answers what no pattern fits, as the service words its 404. */
  static async start(handlers: Handlers, otherwise: Handler): Promise<StandIn> {
    const begun: { service?: StandIn } = {};
    const server = await echoService((request, response) => { void begun.service?.serve(request, response); });
    begun.service = new StandIn(server, handlers, otherwise);
    return begun.service;
  }

  get url(): string {
    return this.service.url;
  }

  /** For WebSockets. */
  get server(): Server {
    return this.service.server;
  }

  /** The latest request. @throws Error when there was none. */
  get last(): Heard {
    const heard = this.heard.at(-1);
    if (heard === undefined) throw new Error('The service was not asked');
    return heard;
  }

  /** Answers otherwise from now on. @returns what puts it back. */
  on(pattern: string, handler: Handler): () => void {
    const before = this.#handlers.get(pattern);
    this.#handlers.set(pattern, handler);
    return () => { if (before) this.#handlers.set(pattern, before); else this.#handlers.delete(pattern); };
  }

  /** Forgets what it heard. */
  forget(): void {
    this.heard.length = 0;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // The client went away: nobody waits for an answer.
      return;
    }
    const [handler, heard] = this.find(request, Buffer.concat(chunks));
    if (heard.path !== '/health') this.heard.push(heard);
    const said = await handler(heard);
    if (said === 'hang') return;
    const { body = '', headers = {}, json, status = 200 } = said;
    response.writeHead(status, { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers } as Record<string, string>);
    if (body instanceof Readable) return pipeline(body, response).catch(() => {});
    response.end(json === undefined ? body : JSON.stringify(json));
  }

  private find({ headers, method = '', rawHeaders, url = '' }: IncomingMessage, body: Buffer): readonly [Handler, Heard] {
    const { pathname: path, searchParams: query } = new URL(url, 'http://service');
    const heard = { method, path, query, headers, rawHeaders, body };
    for (const [pattern, handler] of this.#handlers) {
      const [verb, template] = pattern.split(' ') as [string, string];
      const fits = verb === '*' || verb === method || (verb === 'GET' && method === 'HEAD');
      const params = fits ? paramsOf(template, path) : null;
      if (params) return [handler, { ...heard, params }];
    }
    return [this.otherwise, { ...heard, params: {} }];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.service.close();
  }
}

/** Starts a service. */
export function standIn(handlers: Handlers, otherwise: Handler): Promise<StandIn> {
  return StandIn.start(handlers, otherwise);
}

/** What `:name` stands for; `null` where the path does not fit. */
function paramsOf(template: string, path: string): Record<string, string> | null {
  const [parts, segments] = [template.split('/'), path.split('/')];
  if (parts.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] as string;
    if (part.startsWith(':')) params[part.slice(1)] = segment;
    else if (part !== segment) return null;
  }
  return params;
}

/** The body as JSON; `undefined` where it is none. */
export function jsonOf<T = Record<string, unknown>>({ body }: Heard): T | undefined {
  try {
    return JSON.parse(body.toString()) as T;
  } catch {
    return undefined;
  }
}

/** The fields of a multipart body; `null` where it is none. */
export function formOf({ body, headers }: Heard): Promise<FormData> | null {
  const type = headers['content-type'] ?? '';
  return type.startsWith('multipart/form-data') ? new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData() : null;
}
