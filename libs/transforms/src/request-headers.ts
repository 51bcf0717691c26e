import type { Exchange } from '#libs/kernel';
import { compileField, compileSetHeaders, lowerCase, type HeaderEdit, type SetHeaders } from './header-edit.js';
import { asText } from './template.js';

/** Names of the headers that tell a service who is calling; `null` leaves one out. */
export interface ContextNames {
  readonly id: string | null;
  readonly email: string | null;
  readonly role: string | null;
  readonly roles: string | null;
  readonly permissions: string | null;
  readonly scopes: string | null;
  readonly requestId: string | null;
  /** Between the values of a list. */
  readonly separator: string;
}

/** `headers.request` of a route. */
export interface RequestHeaderSettings extends HeaderEdit {
  readonly context: 'off' | ContextNames;
  readonly authorization: 'forward' | 'drop';
  readonly cookie: 'forward' | 'drop';
}

export interface RequestHeaders {
  /** Called once per field of the client, with its name in lower case: whether it must not be copied. */
  readonly isDropped: (lowerName: string) => boolean;
  /** Called once per request, after copying: sets the fields that are ours. `null` when there are none. */
  readonly apply: ((exchange: Exchange) => void) | null;
}

/** A service that trusts these by habit must never get the client's, whatever the route calls or leaves out. */
const ALWAYS_DROPPED = [
  'x-user-id', 'x-user-email', 'x-user-role', 'x-user-roles', 'x-user-permissions', 'x-user-scopes', 'x-gateway-request-id',
];

/** With `mode: list`, fields without which the body cannot be read, or a WebSocket cannot open. */
const NEVER_UNLISTED = [
  'content-type', 'content-length', 'content-encoding', 'transfer-encoding', 'host', 'connection', 'upgrade', 'expect',
  'sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol', 'sec-websocket-extensions',
];

/**
 * Compiles what happens to the header of a request. The client's copies of every name the gateway sets are dropped, in
 * any spelling that a service could take for it: CGI and WSGI fold `X_User_ID` and `X-User-ID` into one variable.
 * @throws TemplateError for an unknown placeholder.
 */
export function compileRequestHeaders(settings: RequestHeaderSettings): RequestHeaders {
  const { context, mode, allow, drop, set, authorization, cookie } = settings;
  const dropped = [...ALWAYS_DROPPED, ...drop, ...Object.keys(set)];
  if (context !== 'off') dropped.push(...contextFields(context).map(([name]) => name));
  if (authorization === 'drop') dropped.push('authorization');
  if (cookie === 'drop') dropped.push('cookie');
  const steps: SetHeaders[] = context === 'off' ? [] : contextFields(context).map(([name, render]) => compileField(name, render, 'leave'));
  steps.push(...compileSetHeaders(set));
  return {
    isDropped: compileIsDropped(dropped, mode === 'list' ? lowerCase([...allow, ...NEVER_UNLISTED]) : null),
    apply: steps.length === 0 ? null : (exchange) => {
      const headers = exchange.outgoing?.headers;
      if (headers) for (const step of steps) step(exchange, headers);
    },
  };
}

/** The spelling in which two names meet once a service has turned them into variable names. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');
}

function compileIsDropped(names: readonly string[], allowed: ReadonlySet<string> | null): (lowerName: string) => boolean {
  const folded = new Set(names.map(foldName));
  // Folding keeps the length, and few names share one: most fields are through after one look.
  const lengths: boolean[] = [];
  for (const name of folded) lengths[name.length] = true;
  return (lowerName) =>
    (allowed !== null && !allowed.has(lowerName)) || (lengths[lowerName.length] === true && folded.has(foldName(lowerName)));
}

function contextFields(names: ContextNames): [name: string, render: (exchange: Exchange) => string][] {
  const { separator } = names;
  const fields: [string | null, (exchange: Exchange) => string][] = [
    [names.id, ({ principal }) => asText(principal?.id)],
    [names.email, ({ principal }) => asText(principal?.email)],
    [names.role, ({ principal }) => asText(principal?.roles[0])],
    [names.roles, ({ principal }) => joined(principal?.roles, separator)],
    [names.permissions, ({ principal }) => joined(principal?.permissions, separator)],
    [names.scopes, ({ principal }) => joined(principal?.scopes, separator)],
    [names.requestId, ({ id }) => id],
  ];
  return fields.filter((field): field is [string, (exchange: Exchange) => string] => field[0] !== null);
}

/** A value that holds the separator is left out: a service would read two from it. */
function joined(values: readonly string[] | undefined, separator: string): string {
  if (values === undefined) return '';
  return (separator === '' ? values : values.filter((value) => !value.includes(separator))).join(separator);
}
