import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import type { HttpService } from '@nestjs/axios';
import type { AxiosRequestConfig } from 'axios';
import { systemClock } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { guardedLookup } from '../services/address-guard.js';
import { tlsOptions, type ConnectionConfig } from '../services/connections.js';
import { askHttp2, HEADERS, LARGEST_ANSWER, type Found } from './http2-probe.js';
import { describeFailure } from './probe-failure.js';

type HealthConfig = ServiceConfig['health'];

/** What one target answered. */
export interface TargetReport {
  readonly healthy: boolean;
  /** Why it is not; `null` when it is. */
  readonly message: string | null;
  /** It may have requests, but says that not all is well. */
  readonly degraded: boolean;
  /** Milliseconds. */
  readonly latency: number;
  /** Status of its answer; `null` where there was none. */
  readonly statusCode: number | null;
  /** What `health.show` names of its answer; what is not there is left out. */
  readonly said: Readonly<Record<string, unknown>>;
}

type Verdict = Omit<TargetReport, 'latency'>;

/** A probe asks whether a connection can be made now: its agents never keep one. */
type Agents = Pick<AxiosRequestConfig, 'httpAgent' | 'httpsAgent'>;

type ProbeConfig = Pick<ServiceConfig, 'health'> & ConnectionConfig;

/** Asks targets how they are. */
export class TargetProbe {
  readonly #agents = new WeakMap<ProbeConfig, Agents>();

  /** @param http is asked for when the first target is. */
  constructor(private readonly http: () => Promise<HttpService>) {}

  /**
   * @param url address of the target.
   * @param config settings of the service: a probe connects as requests do. Never rejects.
   */
  async ask(url: string, config: ProbeConfig): Promise<TargetReport> {
    // Loading the client is none of the target's time.
    if (config.protocol === 'http1') await this.http();
    const startedAt = systemClock.elapsed();
    const address = new URL(`${url.replace(/\/+$/, '')}${config.health.path}`);
    const answer = config.protocol === 'http1' ? this.#ask(address, config) : askHttp2(address, config, { timeout: config.health.timeout, reads: looksInside(config.health) });
    const verdict = await answer.then((found) => judge(found, config.health)).catch(unanswered);
    return { ...verdict, latency: Math.round(systemClock.elapsed() - startedAt) };
  }

  async #ask(url: URL, config: ProbeConfig): Promise<Found> {
    const { axiosRef } = await this.http();
    const { status, data } = await axiosRef.request<Readable | string>({
      ...this.#agentsOf(config, url),
      url: url.href,
      signal: AbortSignal.timeout(config.health.timeout),
      responseType: looksInside(config.health) ? 'text' : 'stream',
      transformResponse: (body: unknown) => body,
      validateStatus: () => true,
      maxContentLength: LARGEST_ANSWER,
      maxRedirects: 0,
      proxy: false,
      headers: HEADERS,
    });
    if (typeof data === 'string') return { status, text: data };
    data.destroy();
    return { status, text: '' };
  }

  #agentsOf(config: ProbeConfig, { protocol }: URL): Agents {
    const present = this.#agents.get(config);
    if (present && (protocol === 'http:' ? present.httpAgent : present.httpsAgent)) return present;
    const lookup = guardedLookup(config.networks);
    const agents = protocol === 'http:' ? { httpAgent: new HttpAgent({ lookup }) } : { httpsAgent: new HttpsAgent({ lookup, ...tlsOptions(config) }) };
    const all = { ...present, ...agents };
    this.#agents.set(config, all);
    return all;
  }
}

function looksInside({ json, show }: HealthConfig): boolean {
  return Object.keys(json).length > 0 || show.length > 0;
}

function unanswered(error: unknown): Verdict {
  return { healthy: false, degraded: false, message: describeFailure(error), statusCode: null, said: {} };
}

function judge({ status, text }: Found, health: HealthConfig): Verdict {
  const document = looksInside(health) ? parse(text) : undefined;
  const degraded = health.degraded.includes(status) && !health.status.includes(status);
  const message = degraded || !health.status.includes(status) ? `answered ${status}` : unmet(document, health.json);
  const said = health.show.map((path) => [path, valueAt(document, path)] as const).filter(([, value]) => value !== undefined);
  return { healthy: message === null || degraded, degraded, message, statusCode: status, said: Object.fromEntries(said) };
}

/** `undefined` for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a health document says otherwise than it should; `null` when it says all that is asked. */
function unmet(document: unknown, expected: HealthConfig['json']): string | null {
  const asked = Object.entries(expected);
  if (asked.length > 0 && document === undefined) return 'answered something other than JSON';
  const missed = asked.find(([path, value]) => valueAt(document, path) !== value);
  return missed ? `says of itself that ${missed[0]} is not ${missed[1]}` : null;
}

/** A field by its name, or by a dotted path. */
function valueAt(document: unknown, path: string): unknown {
  const field = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? value[name as keyof object] : undefined);
  return field(document, path) ?? path.split('.').reduce(field, document);
}
