import { Answer, HeaderList, Problem, problems, type Exchange, type Route, type Snapshot } from '#libs/kernel';
import type { Explanation, RouteTable } from '#libs/routing';
import { isPreflight } from '../http/cors.js';

/** A route, and the answer to a browser that asks before using it. */
export interface Destination {
  readonly route: Route;
  /** `null` where cross-origin access is off: then a preflight is an ordinary request. */
  readonly preflight: Route | null;
}

/** One compiled configuration: the table, and what happens where nothing matches. */
export class CompiledSnapshot implements Snapshot {
  /** Where an OPTIONS goes that no route takes, though routes take other methods of the path (RFC 9110 9.3.7). */
  readonly #options: Route;

  constructor(
    readonly hash: string,
    private readonly table: RouteTable<Destination>,
    private readonly unmatched: Destination,
  ) {
    const handle: Route['handle'] = (exchange) => Promise.resolve(new Answer(204, new HeaderList(['Allow', table.allow(exchange).join(', ')])));
    this.#options = Object.freeze({ ...unmatched.route, handle });
  }

  route(exchange: Exchange): void {
    if (exchange.refusal) {
      exchange.route = this.unmatched.route;
      return;
    }
    const preflight = isPreflight(exchange);
    const found = this.table.find(preflight ? asPreflighted(exchange) : exchange);
    if (found === null) return this.#refuse(exchange, preflight);
    exchange.route = preflight && found.value.preflight ? found.value.preflight : found.value.route;
    exchange.params = found.params;
    exchange.servicePath = found.path;
    exchange.version = found.version;
    exchange.versionNamed = found.named;
  }

  /** A refused preflight would hide the refusal itself from the page: the browser is let through, and told then. */
  #refuse(exchange: Exchange, preflight: boolean): void {
    const { known, named, version } = this.table.versionOf(exchange);
    if (known) exchange.version = version;
    exchange.versionNamed = named;
    if (preflight && this.unmatched.preflight) {
      exchange.route = this.unmatched.preflight;
      return;
    }
    const allow = this.table.allow(exchange);
    if (exchange.method === 'OPTIONS' && allow.length > 0) {
      exchange.route = this.#options;
      return;
    }
    exchange.route = this.unmatched.route;
    exchange.refusal = notFound(exchange, allow);
  }

  /** Says of every route why an exchange gets it or not; a preflight is judged as the request it asks about. */
  explain(exchange: Exchange): Explanation {
    return this.table.explain(isPreflight(exchange) ? asPreflighted(exchange) : exchange);
  }
}

/** The request the browser wants to send; the table is asked whether that one has a route. */
function asPreflighted({ headers, host, path, query }: Exchange) {
  return { method: headers['access-control-request-method'] as string, path, query, host, headers };
}

function notFound({ method, path }: Exchange, allow: readonly string[]): Problem {
  if (allow.length === 0) return new Problem(problems.routeNotFound, `No route matches ${method} ${path}.`);
  const list = allow.join(', ');
  return new Problem(problems.methodNotAllowed, `${method} is not allowed for ${path}; allowed: ${list}.`, { headers: { Allow: list } });
}
