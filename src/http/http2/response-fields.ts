import { validateHeaderName, validateHeaderValue, type OutgoingHttpHeaders } from 'node:http';

/** RFC 9113 8.2.2: fields about one connection of HTTP/1, which HTTP/2 says in other ways. */
const CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'http2-settings', 'te', 'host']);

/** Spellings to remember: services use few. */
const REMEMBERED = 1_024;
/** By spelling: the name as HTTP/2 has it; empty for a field that it does not have. */
const names = new Map<string, string>();

/** RFC 9110 5.5: what a value may hold. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The head of an answer as node:http2 writes it, fields in order and repeated ones apart.
 * @throws TypeError for a name or a value that cannot be sent: HTTP/2 itself would carry it to whoever turns it into HTTP/1.
 */
export function responseFields(status: number, fields: readonly string[]): string[] {
  const head = [':status', String(status)];
  for (let i = 0; i < fields.length; i += 2) {
    const name = nameOf(fields[i] as string);
    const value = fields[i + 1] as string;
    if (name === '') continue;
    if (!VALUE.test(value)) validateHeaderValue(name, value);
    head.push(name, value);
  }
  return head;
}

/** Fields by name, as Fastify has them, as a flat list. */
export function flatFields(fields: OutgoingHttpHeaders): string[] {
  const flat: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) for (const one of value) flat.push(name, one);
    else if (value !== undefined) flat.push(name, String(value));
  }
  return flat;
}

/** Trailers the same way. Those that cannot be sent are left out: the body is with the client already. */
export function trailerFields(pairs: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const trailers: Record<string, string | string[]> = {};
  for (const [spelled, value] of pairs) {
    const name = spelled.toLowerCase();
    if (CONNECTION.has(name) || name.startsWith(':') || !VALUE.test(value)) continue;
    const before = trailers[name];
    trailers[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return trailers;
}

function nameOf(spelled: string): string {
  const known = names.get(spelled);
  if (known !== undefined) return known;
  validateHeaderName(spelled);
  const lower = spelled.toLowerCase();
  const name = CONNECTION.has(lower) ? '' : lower;
  if (names.size >= REMEMBERED) names.clear();
  names.set(spelled, name);
  return name;
}
