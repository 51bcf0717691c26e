import type { Asked } from './treatment.js';

/** What an access line says of one request. */
export interface LoggedRequest extends Asked {
  /** The route it took when it was logged; `null` where the line does not say. */
  readonly route: string | null;
  /** Whether a service got it; `null` where the line does not say. */
  readonly forwarded: boolean | null;
}

/** `other`: a line of our own log about something else; `null`: nobody knows what it is. */
export type ReadLine = LoggedRequest | 'other' | null;

/** Reads one line: our JSON, behind whatever a container runtime put in front of it, or the Combined Log Format. */
export function readLine(line: Buffer): ReadLine {
  const start = line.indexOf('{"');
  const json = start < 0 ? null : readJson(line.toString('utf8', start));
  return json ?? readCombined(line.toString('latin1'));
}

function readJson(text: string): ReadLine {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof fields !== 'object' || fields === null) return null;
  const { authenticator, headers, host, method, msg, path, route, service, subject, upgrade, userAgent } = fields as Record<string, unknown>;
  if (msg !== 'request' || typeof method !== 'string' || typeof path !== 'string') return typeof msg === 'string' ? 'other' : null;
  const sent = typeof headers === 'object' && headers !== null ? textsOf(headers) : {};
  return {
    method, target: path, upgrade: typeof upgrade === 'string',
    host: typeof host === 'string' ? host : (sent['host'] ?? ''),
    headers: { ...(typeof userAgent === 'string' ? { 'user-agent': userAgent } : {}), ...sent },
    caller: typeof subject === 'string' ? { id: subject, authenticator: typeof authenticator === 'string' ? authenticator : null } : null,
    route: typeof route === 'string' ? route : null,
    forwarded: typeof service === 'string',
  };
}

function textsOf(fields: object): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (typeof value === 'string' ? [[name.toLowerCase(), value]] : [])));
}

/** `[time] "request" status bytes "referer" "agent"`, the last two only in the combined form. */
const REST = /\[[^\]]*\] "((?:[^"\\]|\\.)*)" (\d{3}|-)(?: \S+(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?)?/y;
const REQUEST = /^([!#$%&'*+.^_`|~\w-]+) ([/*h]\S*)(?: HTTP\/\d(?:\.\d)?)?$/i;
const VIRTUAL_HOST = /^[\w.-]+:\d+$/;
const SWITCHED = '101';

/** The Common and the Combined Log Format of nginx and Apache, also with `host:port` in front (`vhost_combined`). */
function readCombined(text: string): LoggedRequest | null {
  const open = text.indexOf(' [');
  if (open < 0) return null;
  REST.lastIndex = open + 1;
  const [, request = '', status, referer, agent] = REST.exec(text) ?? [];
  const [, method, target] = REQUEST.exec(request) ?? [];
  if (method === undefined || target === undefined) return null;
  const first = text.slice(0, open).split(' ');
  const hosted = VIRTUAL_HOST.test(first[0] ?? '') && first.length > 3;
  const user = first.slice(hosted ? 3 : 2).join(' ');
  return {
    method, target: unescaped(target), upgrade: status === SWITCHED, host: hosted ? (first[0] as string) : '',
    headers: { ...said('referer', referer), ...said('user-agent', agent) },
    caller: user === '' || user === '-' ? null : { id: unescaped(user), authenticator: null },
    route: null, forwarded: null,
  };
}

function said(name: string, value: string | undefined): Record<string, string> {
  return value === undefined || value === '' || value === '-' ? {} : { [name]: unescaped(value) };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', v: '\v', f: '\f' };

/** Both servers write what is not printable as `\xHH`; Apache writes `\n` and its like besides. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(?:x([0-9A-Fa-f]{2})|(.))/g, (_all, hex: string | undefined, letter: string | undefined) => (
    hex === undefined ? (ESCAPES[letter as string] ?? (letter as string)) : String.fromCharCode(Number.parseInt(hex, 16))
  ));
}
