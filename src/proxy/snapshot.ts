import type { Exchange, Route, Snapshot } from '#libs/kernel';
import { Problem, problems } from '#libs/kernel';
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
  constructor(
    readonly hash: string,
    private readonly table: RouteTable<Destination>,
    private readonly unmatched: Destination,
  ) {}

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
  }

  /** A refused preflight would hide the refusal itself from the page: the browser is let through, and told then. */
  #refuse(exchange: Exchange, preflight: boolean): void {
    if (preflight && this.unmatched.preflight) {
      exchange.route = this.unmatched.preflight;
      return;
    }
    exchange.route = this.unmatched.route;
    exchange.refusal = notFound(exchange, this.table.allow(exchange));
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
