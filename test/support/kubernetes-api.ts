import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority, type Identity } from './certificates.js';

/** A pod in a slice; ready and in no zone unless it says otherwise. */
export interface Pod {
  readonly addresses: readonly string[];
  readonly conditions?: { readonly ready?: boolean | null; readonly serving?: boolean | null; readonly terminating?: boolean | null };
  readonly zone?: string;
}

/** An EndpointSlice without what the server adds. */
export interface SliceBody {
  readonly service: string;
  readonly addressType?: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints: readonly Pod[] | null;
  readonly ports: readonly { readonly name?: string | null; readonly port?: number | null; readonly protocol?: string }[] | null;
}

/** What the server was asked. */
export interface Asked {
  readonly verb: 'list' | 'watch';
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly query: Readonly<Record<string, string>>;
}

type Stored = Record<string, unknown> & { readonly metadata: { readonly name: string; readonly resourceVersion: string; readonly labels: Record<string, string> } };
interface Watcher { readonly service: string; readonly response: ServerResponse }

const PATH = /^\/apis\/([\w.]+)\/v1\/namespaces\/([\w-]+)\/(\w+)$/;
const SERVICE = 'kubernetes.io/service-name';

/**
 * A stand-in for the API server of Kubernetes, in memory: it is not one, and was written from the documentation, not
 * recorded from a cluster. It speaks what a client of EndpointSlices meets: HTTPS with a certificate authority of its
 * own, a bearer token, list with `limit` and `continue`, watch with resource versions, bookmarks, `timeoutSeconds`, and
 * `Status` objects for what goes wrong. It knows one namespace, does not check what it is given, and has no roles: a
 * test says which verbs are denied. The files of a service account lie in `folder`.
 */
export class KubernetesApi implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly denied = new Set<Asked['verb']>();
  /** Answers every request, or those with one verb, with this status, if it is set. */
  failing: { readonly status: number; readonly retryAfter?: string; readonly verb?: Asked['verb'] } | null = null;
  /** Whether a page after the first one comes too late. */
  forgetful = false;
  url = '';
  #token = '';
  #version = 1_000;
  #oldest = 0;
  readonly #slices = new Map<string, Stored>();
  #history: { readonly version: number; readonly type: string; readonly object: Stored }[] = [];
  readonly #watchers = new Set<Watcher>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(readonly folder: string, readonly namespace: string, { key, cert }: Identity) {
    this.#server = createServer({ key, cert }, (request, response) => this.#answer(request, response));
    this.#server.on('connection', (socket: Socket) => {
      // What stays alive in a test should be the client's.
      this.#sockets.add(socket.unref().on('close', () => this.#sockets.delete(socket)).on('error', () => {}));
    });
    this.#server.on('tlsClientError', () => {});
  }

  static async start(namespace = 'shop'): Promise<KubernetesApi> {
    const { ca, identity } = await (papers ??= issue());
    const folder = await mkdtemp(join(tmpdir(), 'kubernetes-'));
    const api = new KubernetesApi(folder, namespace, identity);
    await writeFile(join(folder, 'ca.crt'), ca);
    await writeFile(join(folder, 'namespace'), namespace);
    await api.rotate();
    await api.up();
    return api;
  }

  /** Options of the discovery to reach it. */
  get options(): { server: string; token: string; ca: string } {
    return { server: this.url, token: join(this.folder, 'token'), ca: join(this.folder, 'ca.crt') };
  }

  get watching(): number {
    return this.#watchers.size;
  }

  /** Accepts another token from now on, and puts it into its file. Watches that stand go on. */
  async rotate(): Promise<void> {
    this.#token = randomBytes(12).toString('hex');
    await writeFile(join(this.folder, 'token'), `${this.#token}\n`);
  }

  put(name: string, { service, ...body }: SliceBody): void {
    const type = this.#slices.has(name) ? 'MODIFIED' : 'ADDED';
    const metadata = { name, namespace: this.namespace, labels: { [SERVICE]: service }, resourceVersion: String(++this.#version) };
    const object = { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1', metadata, addressType: 'IPv4', ...body };
    this.#slices.set(name, object);
    this.#happen(type, object);
  }

  remove(name: string): void {
    const { metadata, ...rest } = this.#slices.get(name) as Stored;
    this.#slices.delete(name);
    this.#happen('DELETED', { ...rest, metadata: { ...metadata, resourceVersion: String(++this.#version) } });
  }

  /** Other things of the cluster change: versions go on, and watches learn how far. */
  bookmark(): void {
    const resourceVersion = String((this.#version += 10));
    const object = { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1', metadata: { resourceVersion, creationTimestamp: null }, addressType: '', endpoints: null, ports: null };
    this.say(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  /** Forgets what was before now, as etcd does when it is compacted. */
  compact(): void {
    this.#history = [];
    this.#oldest = this.#version;
  }

  /** Ends the standing watches with 410 Gone. */
  expire(): void {
    for (const { response } of this.#watchers) response.end(gone());
  }

  /** Ends the standing watches as when their time is up. */
  finish(): void {
    for (const { response } of this.#watchers) response.end();
  }

  /** Writes bytes into every standing watch. */
  say(text: string): void {
    for (const { response } of this.#watchers) response.write(text);
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async down(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  /** Listens, on the same port as before. */
  async up(): Promise<void> {
    const port = this.url === '' ? 0 : Number(new URL(this.url).port);
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.url = `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.down();
    await rm(this.folder, { recursive: true });
  }

  #happen(type: string, object: Stored): void {
    this.#history.push({ version: this.#version, type, object });
    for (const { service, response } of this.#watchers) if (object.metadata.labels[SERVICE] === service) response.write(`${JSON.stringify({ type, object })}\n`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url as string, this.url);
    const [, group = '', namespace = '', resource = ''] = PATH.exec(pathname) ?? [];
    const query = Object.fromEntries(searchParams);
    const verb = query['watch'] === 'true' ? 'watch' : 'list';
    if (request.headers.authorization !== `Bearer ${this.#token}`) return refuse(response, 401, 'Unauthorized', 'Unauthorized');
    this.asked.push({ verb, group, resource, namespace, query });
    if (this.failing && (this.failing.verb ?? verb) === verb) {
      if (this.failing.retryAfter !== undefined) response.setHeader('retry-after', this.failing.retryAfter);
      return refuse(response, this.failing.status, 'Failing', 'made to fail');
    }
    if (group !== 'discovery.k8s.io' || resource !== 'endpointslices') return refuse(response, 404, 'NotFound', 'the server could not find the requested resource');
    if (this.denied.has(verb) || namespace !== this.namespace) {
      return refuse(response, 403, 'Forbidden', `endpointslices.${group} is forbidden: User "system:serviceaccount:shop:gateway" cannot ${verb} resource "endpointslices" in API group "${group}" in the namespace "${namespace}"`);
    }
    const service = (query['labelSelector'] ?? '').split('=')[1] ?? '';
    if (verb === 'watch') this.#watch(service, query, response);
    else this.#list(service, query, response);
  }

  #list(service: string, { limit = '0', continue: after }: Readonly<Record<string, string>>, response: ServerResponse): void {
    if (after !== undefined && this.forgetful) return refuse(response, 410, 'Expired', 'The provided continue parameter is too old');
    const rest = [...this.#slices.values()].filter(({ metadata }) => metadata.labels[SERVICE] === service && metadata.name > (after ?? ''))
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    const items = limit === '0' ? rest : rest.slice(0, Number(limit));
    const next = items.length < rest.length ? { continue: items.at(-1)?.metadata.name } : {};
    json(response, 200, { kind: 'EndpointSliceList', apiVersion: 'discovery.k8s.io/v1', metadata: { resourceVersion: String(this.#version), ...next }, items: items.map(({ kind: _kind, apiVersion: _version, ...item }) => item) });
  }

  #watch(service: string, { resourceVersion, timeoutSeconds }: Readonly<Record<string, string>>, response: ServerResponse): void {
    const from = Number(resourceVersion);
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }).flushHeaders();
    if (from < this.#oldest) return void response.end(gone());
    for (const { version, type, object } of this.#history) {
      if (version > from && object.metadata.labels[SERVICE] === service) response.write(`${JSON.stringify({ type, object })}\n`);
    }
    const watcher = { service, response };
    this.#watchers.add(watcher);
    const timer = setTimeout(() => response.end(), Number(timeoutSeconds) * 1_000).unref();
    response.on('close', () => {
      clearTimeout(timer);
      this.#watchers.delete(watcher);
    });
  }
}

/** Made once for a file of specs: a key takes its time. */
let papers: Promise<{ readonly ca: string; readonly identity: Identity }> | null = null;

async function issue(): Promise<{ ca: string; identity: Identity }> {
  await using ours = await Authority.create('cluster authority');
  return { ca: ours.cert, identity: await ours.issue({ names: 'IP:127.0.0.1,DNS:kubernetes.default.svc' }) };
}

function status(code: number, reason: string, message: string): Record<string, unknown> {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

function gone(): string {
  return `${JSON.stringify({ type: 'ERROR', object: status(410, 'Expired', 'too old resource version: 1 (1000)') })}\n`;
}

function json(response: ServerResponse, code: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(code, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  json(response, code, status(code, reason, message));
}
