import { Problem, problems, type Exchange, type Guard, type Route } from '#libs/kernel';
import { AccessGuard, type Demand } from './access.js';

/**
 * Runs every guard of the exchange's route in order; requests and WebSocket upgrades alike. Stays synchronous as long
 * as the guards do.
 * @throws Problem, or rejects with one, when a guard refuses; also when there is no route: nothing is open by default.
 */
export function admitAll(exchange: Exchange): void | Promise<void> {
  if (exchange.route === null) throw exchange.refusal ?? new Problem(problems.routeNotFound, `No route matches ${exchange.method} ${exchange.path}.`);
  return admitFrom(exchange, exchange.route.guards, 0);
}

const demanding = new WeakMap<Route, WeakMap<Demand, readonly Guard[]>>();

/** The same where the code of a controller asks for something besides the file. */
export function admitUnder(exchange: Exchange, demand: Demand): void | Promise<void> {
  const { route } = exchange;
  if (route === null) return admitAll(exchange);
  const known = demanding.get(route) ?? new WeakMap<Demand, readonly Guard[]>();
  demanding.set(route, known);
  const guards = known.get(demand) ?? route.guards.map((guard) => (guard instanceof AccessGuard ? guard.under(demand) : guard));
  known.set(demand, guards);
  return admitFrom(exchange, guards, 0);
}

function admitFrom(exchange: Exchange, guards: readonly Guard[], start: number): void | Promise<void> {
  for (let i = start; i < guards.length; i++) {
    const pending = (guards[i] as Guard).admit(exchange);
    if (pending instanceof Promise) return pending.then(() => admitFrom(exchange, guards, i + 1));
  }
}
