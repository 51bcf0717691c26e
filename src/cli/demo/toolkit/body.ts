import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { invalid, Refusal } from './call.js';

const maxJsonBytes = 1024 * 1024;

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop must not destroy the request: its socket still has to carry the 413.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxJsonBytes) throw new Refusal(413, 'Corps de requête trop volumineux');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw invalid(['body'], 'JSON decode error', 'json_invalid');
  }
}

export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const detail = result.error.issues.map(({ code, path, message }) => ({
    type: code,
    loc: ['body', ...path],
    msg: message,
  }));
  throw new Refusal(422, detail);
}

export async function readBody<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  return parse(schema, await readJson(request));
}
