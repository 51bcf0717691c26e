import { Exchange, HeaderList, Problem, problems, type ProblemType } from '#libs/kernel';
import { normalisePath, RouteTable, type RouteRequest } from '#libs/routing';
import { compilePath, compileQuery } from '#libs/transforms';
import { fingerprint, routeEntries, type GatewayConfig, type RouteConfig, type RouteSettings, type TableLine } from '../../config/index.js';
import type { Access, AccessReader } from './access.js';
import type { Asked, Treatment } from './treatment.js';

/** A route as far as it is judged. */
interface Judged {
  readonly to: string;
  /** Path in front of every request's path at the service; `null` where no one path is sent. */
  readonly base: string | null;
  readonly method: string | undefined;
  readonly edits: readonly ((exchange: Exchange) => void)[];
  /** By method. */
  readonly access: (method: string) => Access;
  readonly settings: string;
  readonly sockets: boolean;
}

const NOBODY: Access = { who: '', roles: [], asked: 'none', open: true, key: '' };

/** Says what becomes of requests under one configuration: routing and the access requirement, without compiling the rest. */
export class Judge {
  /** Whether who is calling can decide more than whether they may. */
  readonly looksAtCaller: boolean;
  readonly #table: RouteTable<Judged>;
  readonly #hiding: boolean;
  readonly #longest: number;

  constructor(config: GatewayConfig, access: AccessReader) {
    this.#table = new RouteTable(routeEntries(config).map((line) => ({ ...line, value: judgedOf(line, config, access) })), config.versions);
    this.looksAtCaller = Object.values(config.routes).some(({ path, query }) => JSON.stringify([path, query.set]).includes('{principal.'));
    this.#hiding = config.unmatched.unauthenticated === 401;
    this.#longest = config.server.limits.url;
  }

  judge(asked: Asked): Treatment {
    const { caller, headers, method, target } = asked;
    if (target.length > this.#longest) return unrouted(problems.uriTooLong);
    const normal = normalisePath(target);
    if (normal.unsafe !== null) return unrouted(problems.unsafePath);
    const request: RouteRequest = { method, path: normal.path, query: normal.query, host: normal.authority ?? asked.host, headers };
    const match = this.#table.find(request);
    if (match === null) {
      if (this.#hiding && caller === null) return unrouted(problems.unauthenticated);
      return unrouted(this.#table.allow(request).length === 0 ? problems.routeNotFound : problems.methodNotAllowed);
    }
    const { settings, sockets } = match.value;
    const access = match.value.access(method);
    const refusal = refusalOf(access, sockets, asked);
    return {
      route: match.name, pattern: match.pattern, access, settings,
      to: refusal === null ? match.value.to : null,
      refusal,
      sent: refusal === null ? sentOf(match.value, asked, { request, params: match.params, path: match.path }) : null,
    };
  }
}

function unrouted(problem: ProblemType): Treatment {
  return { route: null, pattern: null, to: null, refusal: answerText(problem), sent: null, access: NOBODY, settings: '' };
}

function answerText({ code, status }: ProblemType): string {
  return `${status} ${code}`;
}

/** What the gateway itself says to a caller who is signed in elsewhere, and to a WebSocket. */
function refusalOf({ asked, open }: Access, sockets: boolean, { caller, upgrade }: Asked): string | null {
  const stranger = caller !== null && caller.authenticator !== null && asked !== 'none' && !open && !asked.includes(caller.authenticator);
  if (stranger) return answerText(problems.unauthenticated);
  return upgrade && !sockets ? answerText(problems.upgradeRefused) : null;
}

interface Matched {
  readonly request: RouteRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly path: string;
}

function sentOf({ base, edits, method }: Judged, { caller, headers }: Asked, { params, path, request }: Matched): string | null {
  if (base === null) return null;
  const { host, query } = request;
  if (edits.length === 0) return `${method ?? request.method} ${base}${path}${query}`;
  const exchange = new Exchange({ method: request.method, path: request.path, query, headers, rawHeaders: [], startedAt: 0 });
  const outgoing = { method: method ?? request.method, path, query, headers: new HeaderList([]), body: null };
  Object.assign(exchange, { host, params, servicePath: path, outgoing });
  if (caller) exchange.principal = { id: caller.id, email: null, roles: [], permissions: [], scopes: [], authenticator: caller.authenticator ?? '', claims: {}, expiresAt: Number.POSITIVE_INFINITY };
  try {
    for (const edit of edits) edit(exchange);
  } catch (error) {
    // The path is made of something that no log has.
    if (error instanceof Problem) return null;
    throw error;
  }
  return `${outgoing.method} ${base}${outgoing.path}${outgoing.query}`;
}

function judgedOf({ key, kind }: TableLine, config: GatewayConfig, access: AccessReader): Judged {
  const route = kind === 'route' ? config.routes[key] : undefined;
  const endpoint = config.endpoints[key];
  const settings = (route ?? endpoint) as RouteSettings;
  return {
    to: route ? destinationOf(route) : `the endpoint ${endpoint?.serve}`,
    base: route?.to === undefined ? null : baseOf(route.to, config),
    method: settings.method,
    edits: [compilePath(settings.path, settings.trailingSlash), compileQuery(settings.query)].filter((edit) => edit !== null),
    access: access.read(settings),
    settings: settingsOf(settings),
    sockets: settings.websocket !== 'off',
  };
}

function destinationOf({ aggregate, split, to }: RouteConfig): string {
  if (aggregate) return `an aggregate of ${[...new Set(Object.values(aggregate.calls).map((call) => call.to))].join(', ')}`;
  const variants = Object.values(split?.variants ?? {}).map((variant) => variant.to ?? to);
  return [...new Set(split ? variants : [to])].join(' or ');
}

/** Base path of a service's targets; they are taken to have the same one. */
function baseOf(service: string, { services }: GatewayConfig): string {
  const url = services[service]?.targets[0]?.url;
  return url === undefined ? '' : new URL(url).pathname.replace(/\/+$/, '');
}

/** All that a route says beside what is judged already, and what decides nothing. */
function settingsOf(settings: RouteSettings & Partial<RouteConfig>): string {
  const { authenticate: _authenticate, authorize: _authorize, description: _description, match: _match, to: _to, use: _use, ...rest } = settings;
  return fingerprint(rest);
}
