import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import type { AxiosRequestConfig } from 'axios';
import { systemClock } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { guardedLookup } from '../services/address-guard.js';
import { describeFailure } from './probe-failure.js';

type HealthConfig = ServiceConfig['health'];

/** What one target answered. */
export interface TargetReport {
  readonly healthy: boolean;
  /** Why it is not; `null` when it is. */
  readonly message: string | null;
  /** Milliseconds. */
  readonly latency: number;
}

/** A health document is small; more is not worth reading. */
const LARGEST_ANSWER = 262_144;
// A probe asks whether a connection can be made now, so it never uses one that stands.
const GUARDED = { httpAgent: new HttpAgent({ lookup: guardedLookup }), httpsAgent: new HttpsAgent({ lookup: guardedLookup }) };
const FREE = { httpAgent: new HttpAgent(), httpsAgent: new HttpsAgent() };

/** Asks targets how they are. */
@Injectable()
export class TargetProbe {
  constructor(private readonly http: HttpService) {}

  /** @param url address of the target. Never rejects. */
  async ask(url: string, { health, allowPrivate }: Pick<ServiceConfig, 'health' | 'allowPrivate'>): Promise<TargetReport> {
    const startedAt = systemClock.elapsed();
    const message = await this.#verdict(`${url.replace(/\/+$/, '')}${health.path}`, health, allowPrivate === 'all' ? FREE : GUARDED).catch(describeFailure);
    return { healthy: message === null, message, latency: Math.round(systemClock.elapsed() - startedAt) };
  }

  async #verdict(url: string, health: HealthConfig, agents: Partial<AxiosRequestConfig>): Promise<string | null> {
    const looksInside = Object.keys(health.json).length > 0;
    const { status, data } = await this.http.axiosRef.request<Readable | string>({
      ...agents,
      url,
      signal: AbortSignal.timeout(health.timeout),
      responseType: looksInside ? 'text' : 'stream',
      transformResponse: (body: unknown) => body,
      validateStatus: () => true,
      maxContentLength: LARGEST_ANSWER,
      maxRedirects: 0,
      proxy: false,
      headers: { accept: 'application/json, */*;q=0.5', 'user-agent': 'passerelle-health' },
    });
    if (typeof data !== 'string') data.destroy();
    if (!health.status.includes(status)) return `answered ${status}`;
    return typeof data === 'string' && looksInside ? unmet(data, health.json) : null;
  }
}

/** What a health document says otherwise than it should; `null` when it says all that is asked. */
function unmet(text: string, expected: HealthConfig['json']): string | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return 'answered something other than JSON';
  }
  const missed = Object.entries(expected).find(([path, value]) => valueAt(document, path) !== value);
  return missed ? `says of itself that ${missed[0]} is not ${missed[1]}` : null;
}

/** A field by its name, or by a dotted path. */
function valueAt(document: unknown, path: string): unknown {
  const field = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? value[name as keyof object] : undefined);
  return field(document, path) ?? path.split('.').reduce(field, document);
}
