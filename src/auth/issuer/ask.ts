import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { describeFailedCall } from '#libs/kernel';
import { IssuerFailure } from './failure.js';

/** Bytes of an answer; a set of some five hundred keys. */
const LARGEST_ANSWER = 256 * 1024;
/** Questions to one issuer at once; the others wait, within their own time. */
const AT_ONCE = 64;

const agents = { httpAgent: new HttpAgent({ keepAlive: true, maxSockets: AT_ONCE }), httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: AT_ONCE }) };

/** What is asked of an issuer. */
export interface Question {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Milliseconds for all of it. */
  readonly timeout: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Asks an issuer. @throws IssuerFailure by rejection when it gives no answer of a bearable size in time. */
export async function ask({ body, headers, method, timeout, url }: Question): Promise<Reply> {
  // Only who asks waits for it to load.
  const { default: axios } = await import('axios');
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeout).unref();
  try {
    const response = await axios.request<string>({
      ...agents, url: url.href, method, data: body ?? undefined,
      headers: { 'accept': 'application/json', 'accept-encoding': 'identity', 'user-agent': 'passerelle', ...headers },
      signal: late.signal,
      responseType: 'text',
      transformRequest: (data: unknown) => data,
      transformResponse: (data: unknown) => data,
      validateStatus: () => true,
      maxContentLength: LARGEST_ANSWER,
      decompress: false,
      // A redirect could lead anywhere, and a proxy of the environment would see secrets.
      maxRedirects: 0,
      proxy: false,
    });
    const fields = Object.entries(response.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
    return { status: response.status, headers: Object.fromEntries(fields), text: response.data };
  } catch (error) {
    throw new IssuerFailure(`${url.origin} ${describeFailedCall(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Asks for a JSON object. @throws IssuerFailure by rejection when it is not to be had. */
export async function askJson(question: Question): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await ask(question);
  const where = `${question.url.origin}${question.url.pathname}`;
  if (status !== 200) throw new IssuerFailure(`${where} answers ${status}`);
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new IssuerFailure(`${where} does not answer with a JSON object`);
  return value as Readonly<Record<string, unknown>>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A plain question for a document. */
export function get(url: URL, timeout: number): Question {
  return { url, method: 'GET', headers: {}, body: null, timeout };
}
