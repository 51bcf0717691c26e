import { z } from 'zod';
import type { Exchange, HeaderList, Outgoing, Transform } from '#libs/kernel';
import { wantedness } from './accept.js';
import { convertAnswer } from './convert-answer.js';
import { askForReadable } from './json-answer.js';
import { describeBody } from './json-message.js';
import { maxSize } from './options.js';
import { readRequest } from './read-request.js';

/** Options that all changes of format have. */
export const formatShape = {
  on: z.enum(['request', 'response']).describe('Which body is converted.'),
  answers: z.enum(['success', 'all']).default('success').describe('With `on: response`: only answers with a 2xx status, or all of them. Default: success.'),
  when: z.enum(['always', 'wanted']).default('always').describe('With `on: response`: always, or only for clients whose `Accept` prefers what comes out. Default: always.'),
  max: maxSize().describe('Largest body that is converted, packed or not. A larger request gets 413, a larger response passes as it is. Default: 1MiB.'),
};

export type FormatOptions = z.output<z.ZodObject<typeof formatShape>>;

/** One format made into another. */
export interface Format {
  /** The `use` name. */
  readonly name: string;
  /** For messages, e.g. `XML`. */
  readonly from: string;
  readonly takes: (headers: HeaderList) => boolean;
  readonly readable?: (headers: HeaderList) => boolean;
  /** What services are asked for: media types, the usual one first. */
  readonly accept: readonly [string, ...string[]];
  /** Content type of what comes out. */
  readonly type: string;
  /** @throws Unreadable, or any error for bytes that are not valid. */
  readonly convert: (bytes: Uint8Array, headers: HeaderList) => Buffer | Promise<Buffer>;
}

/** The transform of a format: requests on their way to the service, or answers on their way back. */
export function compileFormat(format: Format, { answers, max, on, when }: FormatOptions): Transform {
  if (on === 'request') return { request: (exchange) => convertRequest(exchange, format, max) };
  const wants = when === 'always' ? () => true : compileWants(format);
  const accept = format.accept.join(', ');
  return {
    request(exchange) {
      const { outgoing } = exchange;
      if (!outgoing || !wants(exchange)) return;
      askForReadable(outgoing.headers);
      outgoing.headers.set('accept', accept);
    },
    async response(exchange, answer) {
      const success = answer.status >= 200 && answer.status < 300;
      if (!success && answers !== 'all') return;
      if (when === 'wanted' && format.takes(answer.headers)) answer.headers.append('vary', 'Accept');
      if (wants(exchange)) await convertAnswer(exchange, answer, { ...format, max });
    },
  };
}

function compileWants({ accept, type }: Format): (exchange: Exchange) => boolean {
  const target = type.split(';', 1)[0] as string;
  return ({ headers }) => wantedness(headers.accept, target) > Math.max(...accept.map((source) => wantedness(headers.accept, source)));
}

async function convertRequest(exchange: Exchange, { convert, from, readable, takes, type }: Format, max: number): Promise<void> {
  const read = await readRequest(exchange, { format: from, max, takes, ...(readable ? { readable } : {}) }, convert);
  if (!read) return;
  const { headers } = exchange.outgoing as Outgoing;
  (exchange.outgoing as Outgoing).body = read.value;
  describeBody(headers, read.value.length);
  headers.set('content-type', type);
}
