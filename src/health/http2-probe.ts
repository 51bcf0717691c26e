import type { Readable } from 'node:stream';
import { openConnections, type ConnectionConfig } from '../services/connections.js';

/** What a target answered, the body only where somebody looks at it. */
export interface Found {
  readonly status: number;
  readonly text: string;
}

export interface Asking {
  /** Milliseconds. */
  readonly timeout: number;
  /** Whether somebody looks at the body. */
  readonly reads: boolean;
}

/** A health document is small; more is not worth reading. */
export const LARGEST_ANSWER = 262_144;
export const HEADERS = { accept: 'application/json, */*;q=0.5', 'user-agent': 'passerelle-health' };

/**
 * Asks a target over HTTP/2, which axios does not speak without TLS, on a connection of its own.
 * @throws Error by rejection, with a code as Node and axios have them.
 */
export async function askHttp2(url: URL, config: ConnectionConfig, { timeout, reads }: Asking): Promise<Found> {
  const connections = openConnections(url, config);
  const signal = AbortSignal.timeout(timeout);
  try {
    const { body, statusCode } = await connections.request({ path: url.pathname + url.search, method: 'GET', headers: Object.entries(HEADERS).flat(), signal });
    body.on('error', ignore);
    return { status: statusCode, text: reads ? await textOf(body) : '' };
  } catch (error) {
    throw signal.aborted ? Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' }) : error;
  } finally {
    await connections.destroy();
  }
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw Object.assign(new Error('The answer is larger than a health document'), { code: 'ERR_BAD_RESPONSE' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function ignore(): void {}
