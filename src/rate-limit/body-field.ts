import type { Exchange } from '#libs/kernel';
import { holdBody } from '../http/hold-body.js';
import { RequestBody } from '../http/request-body.js';

/** Bytes of a body that are held back to look into it. */
const MOST = 65_536;

type Fields = Readonly<Record<string, unknown>>;

const NONE: Fields = Object.freeze({});
const seen = new WeakMap<Exchange, Fields>();

/** A field of a body that was read before, as text; empty where there is none. */
export function bodyField(exchange: Exchange, name: string): string {
  const fields = seen.get(exchange) ?? NONE;
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The same of a body that is there as a whole, for a request that is only tried out. */
export function noteBodyFields(exchange: Exchange, bytes: Buffer): void {
  const { headers } = exchange;
  const parse = parserFor(headers['content-type'] ?? '');
  seen.set(exchange, parse === null || headers['content-encoding'] !== undefined || bytes.length > MOST ? NONE : fieldsOf(bytes, parse));
}

/**
 * Reads the fields of a JSON or form body, which stays there to be forwarded. One that is too long, compressed or of
 * another kind has none.
 * @throws Problem by rejection when the client leaves, or sends more than the route takes.
 */
export async function readBodyFields(exchange: Exchange): Promise<void> {
  if (seen.has(exchange)) return;
  const { body, headers } = exchange;
  const parse = parserFor(headers['content-type'] ?? '');
  const readable = body instanceof RequestBody && parse !== null && headers['content-encoding'] === undefined && !(Number(headers['content-length']) > MOST);
  if (!readable) {
    seen.set(exchange, NONE);
    return;
  }
  body.limit = Math.min(body.limit, exchange.route?.bodyLimit ?? Number.POSITIVE_INFINITY);
  const bytes = await holdBody(exchange, body, MOST);
  seen.set(exchange, bytes === null ? NONE : fieldsOf(bytes, parse));
}

/** What a body says, and the names at its top, each as often as it stands there. */
type Parse = (text: string) => readonly [value: unknown, names: readonly string[]];

function parserFor(contentType: string): Parse | null {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/x-www-form-urlencoded') return parseForm;
  return type === 'application/json' || type.endsWith('+json') ? (text) => [JSON.parse(text) as unknown, namesIn(text)] : null;
}

const parseForm: Parse = (text) => {
  const form = new URLSearchParams(text);
  return [Object.fromEntries(form), [...form.keys()]];
};

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/** Names at the top of a JSON object. */
function namesIn(json: string): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  let text = '';
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (token !== ':') text = token;
    else if (depth === 1) names.push(JSON.parse(text) as string);
  }
  return names;
}

function fieldsOf(bytes: Buffer, parse: Parse): Fields {
  try {
    const [value, names] = parse(bytes.toString());
    return typeof value === 'object' && value !== null ? withoutTwins(value as Fields, names) : NONE;
  } catch {
    // The service will say what it thinks of such a body.
    return NONE;
  }
}

/**
 * A field that is there twice counts as missing: services do not agree which of them holds (RFC 8259 4), some pass over
 * capitals, and who guesses the password of an account must not be counted under another one.
 */
function withoutTwins(fields: Fields, names: readonly string[]): Fields {
  const once = new Set<string>();
  const twice = new Set<string>();
  for (const name of names) (once.has(name.toLowerCase()) ? twice : once).add(name.toLowerCase());
  return twice.size === 0 ? fields : Object.fromEntries(Object.entries(fields).filter(([name]) => !twice.has(name.toLowerCase())));
}
