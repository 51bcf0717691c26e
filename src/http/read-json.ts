import type { z } from 'zod';
import { Problem, problems, type Exchange } from '#libs/kernel';
import { RequestBody } from './request-body.js';

/** Bytes that a body for one of our own controllers may have, whatever the route allows. */
const MOST = 65_536;
/** Levels that it may have: what is nested deeper would break whatever walks through it later. */
const DEEPEST = 32;

/**
 * Reads the JSON body of a request to a controller of ours, for nobody else does.
 * @throws Problem by rejection: unsupported-media-type, body-too-large, invalid-body, or unprocessable with every field
 * that is wrong in its `errors` member.
 */
export async function readJson<T>(exchange: Exchange, schema: z.ZodType<T>): Promise<T> {
  const read = schema.safeParse(parse(await readBody(exchange)));
  if (read.success) return read.data;
  const errors = read.error.issues.map(({ message, path }) => ({ path: path.join('.'), message }));
  throw new Problem(problems.unprocessable, errors.map(({ message, path }) => (path === '' ? message : `${path}: ${message}`)).join('; '), { members: { errors } });
}

async function readBody(exchange: Exchange): Promise<string> {
  const { body, headers, route } = exchange;
  if (!(body instanceof RequestBody)) return '';
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  if (!/^application\/(?:[\w.+-]+\+)?json$/i.test(type.trim()) || headers['content-encoding'] !== undefined) {
    throw new Problem(problems.unsupportedMediaType, 'The body has to be JSON: Content-Type: application/json, not compressed');
  }
  body.limit = Math.min(body.limit, route?.bodyLimit ?? MOST, MOST);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  if (text === '') return {};
  try {
    const value = JSON.parse(text) as unknown;
    if (isDeeper(value, DEEPEST)) throw new Error(`It is nested deeper than ${DEEPEST} levels`);
    return value;
  } catch (cause) {
    throw new Problem(problems.invalidBody, 'The body is not valid JSON', { cause });
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  return typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1)));
}
