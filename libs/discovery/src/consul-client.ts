import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AxiosResponse } from 'axios';
import { describeFailedCall, type Secret } from '#libs/kernel';
import { ConsulError, detailOf } from './consul-error.js';

/** Milliseconds a question may take, beside the time it is meant to wait. */
const PATIENCE = 10_000;
/** Consul adds up to a sixteenth to the time it is asked to wait, so that not all clients come back at once. */
const WAIT_SPREAD = 17 / 16;
/** Bytes of an answer; some ten thousand instances. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

/** An agent of Consul, and who asks it. */
export interface ConsulServer {
  /** `http://` or `https://`, host and port. */
  readonly address: string;
  readonly token?: Secret | undefined;
  /** Where the token is configured, for people who read that it is refused. */
  readonly tokenSetting: string;
}

export interface ConsulQuestion {
  /** Below the address, e.g. `/v1/kv/a`; its parts are encoded. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
}

/** Asks Consul to answer only when there is something newer, or the time is over. */
export interface Blocking {
  /** Of the last answer. */
  readonly index: number;
  /** Milliseconds. */
  readonly wait: number;
}

export interface ConsulAnswer {
  /** 404 says that there is nothing of that name. */
  readonly status: 200 | 404;
  /** What to ask with next time; 1 or more. */
  readonly index: number;
  readonly text: string;
  /** Whether things were left out that the token may not see. Consul says so since 1.11. */
  readonly filtered: boolean;
}

/** Asks one agent of Consul, one question after the other over one connection. */
export class ConsulClient {
  readonly #agents = { httpAgent: new HttpAgent({ keepAlive: true, maxSockets: 1 }), httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: 1 }) };
  readonly #closing = new AbortController();

  constructor(private readonly server: ConsulServer) {}

  /** @throws ConsulError by rejection for anything but an answer of Consul that can be used; also once it is closed. */
  async ask(question: ConsulQuestion, blocking: Blocking | null): Promise<ConsulAnswer> {
    const response = await this.#request(question, blocking).catch((error: unknown) => {
      this.#hangUp();
      throw this.#error(describeFailedCall(error), error);
    });
    return this.#answer(response);
  }

  /** Ends the question under way, and the connection. */
  close(): void {
    this.#closing.abort();
    this.#hangUp();
  }

  async #request({ path, query }: ConsulQuestion, blocking: Blocking | null): Promise<AxiosResponse<string>> {
    const wait = blocking === null ? [] : [['index', String(blocking.index)], ['wait', `${Math.round(blocking.wait)}ms`]];
    const parameters = new URLSearchParams([...query, ...wait] as [string, string][]);
    const { token, address } = this.server;
    // Only who asks waits for it to load: every command knows that there is a Consul, and few ever ask one.
    const { default: axios } = await import('axios');
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), PATIENCE + (blocking?.wait ?? 0) * WAIT_SPREAD).unref();
    try {
      return await axios.request<string>({
        ...this.#agents,
        url: `${address.replace(/\/+$/, '')}${path}?${parameters.toString()}`,
        headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'passerelle', ...(token === undefined ? {} : { 'x-consul-token': token.reveal() }) },
        signal: AbortSignal.any([this.#closing.signal, late.signal]),
        responseType: 'text',
        transformResponse: (body: unknown) => body,
        validateStatus: () => true,
        maxContentLength: LARGEST_ANSWER,
        decompress: false,
        // A redirect, or a proxy of the environment, would see the token.
        maxRedirects: 0,
        proxy: false,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #answer({ status, headers, data }: AxiosResponse<string>): ConsulAnswer {
    if (status === 401 || status === 403) {
      throw this.#error(`refuses${this.server.token === undefined ? ' who has no token' : ' the token'}${said(data)}; ${this.server.tokenSetting} has to be one that may read this`);
    }
    if (status !== 200 && status !== 404) throw this.#error(`answers ${status}${said(data)}`);
    const index: unknown = headers['x-consul-index'];
    if (typeof index !== 'string' || !/^\d{1,15}$/.test(index)) throw this.#error(`answers ${status} without an X-Consul-Index: that is not the API of Consul`);
    // Asking with 0 does not wait, and an index that stays 0 would mean asking without a pause.
    return { status, index: Math.max(1, Number(index)), text: data, filtered: headers['x-consul-results-filtered-by-acls'] === 'true' };
  }

  /** What went wrong may have left the connection in any state; the next question gets a new one. */
  #hangUp(): void {
    this.#agents.httpAgent.destroy();
    this.#agents.httpsAgent.destroy();
  }

  #error(message: string, cause?: unknown): ConsulError {
    return new ConsulError(`Consul at ${this.server.address} ${message}`, { cause });
  }
}

function said(text: string): string {
  const detail = detailOf(text);
  return detail === '' ? '' : ` (${detail})`;
}
