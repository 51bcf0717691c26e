import { Problem, problems } from '#libs/kernel';

const STANDARD = 50;
const MOST = 200;

/** A query as Fastify reads it: a parameter that comes twice is a list. */
export type Parameters = Readonly<Record<string, unknown>>;

/** @returns `undefined` for none, and for empty text. @throws Problem unprocessable where it is there twice. */
export function textOf(query: Parameters, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && !value.includes('\0')) return value;
  throw new Problem(problems.unprocessable, `The parameter "${name}" is there more than once, or no text`);
}

/** The parameter `limit`: how much a page may hold. @throws Problem unprocessable */
export function pageSize(query: Parameters): number {
  const text = textOf(query, 'limit') ?? String(STANDARD);
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST) return limit;
  throw new Problem(problems.unprocessable, `The parameter "limit" is not a number from 1 to ${MOST}`);
}
