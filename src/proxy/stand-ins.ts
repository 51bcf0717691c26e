import { extname } from 'node:path';
import { Answer, AnswerBody, HeaderList, type Exchange, type Outgoing, type Service } from '#libs/kernel';
import type { GatewayConfig, StandInConfig } from '../config/index.js';
import type { Services } from '../services/index.js';
import type { Calls } from './compile.js';
import { attempt } from './compose.js';

/** Something that may answer in place of a service. */
export interface StandIn {
  /** What the answer is labelled with. */
  readonly label: 'stale' | 'service' | 'static';
  /**
   * @param request as it was before the route's transforms; `null` where no stand-in needs it.
   * @returns `null` when it has none, or failed as well. Never throws.
   */
  answer(exchange: Exchange, request: Outgoing | null): Answer | null | Promise<Answer | null>;
}

interface Parts {
  /** Statuses with which another service fails as well. */
  readonly failures: ReadonlySet<number>;
  readonly files: GatewayConfig['files'];
  readonly reach: Calls;
  readonly services: Services;
}

type Written = Extract<StandInConfig, { status: number }>;

/** Compiles one line of `fallback:`. */
export function compileStandIn(config: StandInConfig, parts: Parts): StandIn {
  if (config === 'stale') return { label: 'stale', answer: ({ stale }) => stale?.() ?? null };
  if ('service' in config) return otherService(config.service, parts);
  return written(config, bytesOf(config, parts.files));
}

/** A copy of a request that edits of the original leave alone. */
export function keep(outgoing: Outgoing): Outgoing {
  return { ...outgoing, headers: new HeaderList([...outgoing.headers.flat]) };
}

function otherService(name: string, { failures, reach, services }: Parts): StandIn {
  const service = services.get(name) as Service;
  const ask = reach(name);
  return {
    label: 'service',
    async answer(exchange, request) {
      if (request === null || exchange.aborted || !isWhole(request.body)) return null;
      const fork = exchange.fork();
      Object.assign(fork, { body: exchange.body, outgoing: keep(request), service, upgrade: exchange.upgrade, informational: exchange.informational });
      const answer = await attempt(ask, fork).catch(() => null);
      if (answer !== null && !failures.has(answer.status)) {
        exchange.join(fork);
        return answer;
      }
      exchange.tries += fork.tries;
      answer?.body?.cancel(new Error('The stand-in failed as well'));
      return null;
    },
  };
}

/** Whether a body can be sent: one that streams only as long as nobody has begun to read it. */
function isWhole(body: Outgoing['body']): boolean {
  return body === null || Buffer.isBuffer(body) || !(body.destroyed || body.readableDidRead);
}

function written({ contentType, headers, status, ...rest }: Written, bytes: Buffer | null): StandIn {
  const flat = Object.entries(headers).flat();
  if (Object.keys(headers).length === 0) flat.push('Cache-Control', 'no-store');
  const type = contentType ?? typeOf(rest);
  if (bytes !== null) flat.push('Content-Type', type, 'Content-Length', String(bytes.length));
  return { label: 'static', answer: () => new Answer(status, new HeaderList([...flat]), bytes && AnswerBody.of(bytes)) };
}

function bytesOf(config: Written, files: Parts['files']): Buffer | null {
  if ('file' in config) return Buffer.from(files[config.file] as string, 'base64');
  if (config.body === undefined) return null;
  return Buffer.from(typeof config.body === 'string' ? config.body : JSON.stringify(config.body));
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8', '.csv': 'text/csv; charset=utf-8', '.html': 'text/html; charset=utf-8', '.json': 'application/json; charset=utf-8',
  '.png': 'image/png', '.svg': 'image/svg+xml', '.txt': 'text/plain; charset=utf-8', '.xml': 'application/xml',
};

function typeOf(config: { readonly file?: string; readonly body?: unknown }): string {
  if (config.file !== undefined) return TYPES[extname(config.file).toLowerCase()] ?? 'application/octet-stream';
  return typeof config.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
}
