import { events } from '#libs/kernel';
import { describeReason } from '#libs/routing';
import type { CompiledSnapshot } from './snapshot.js';

/** Routes that are told of; more of them nobody reads. */
const MOST = 20;

/**
 * Tells why an exchange that is debugged got its route, by what became of the others that its path leads to.
 * @returns a function that ends it.
 */
export function explainDebugged(snapshot: () => Pick<CompiledSnapshot, 'explain'> | null): () => void {
  return events.exchangeDebugged.subscribe((exchange) => {
    const explanation = exchange.refusal?.type.code === 'unsafe-path' ? undefined : snapshot()?.explain(exchange);
    if (explanation === undefined) return;
    const others = explanation.routes.flatMap(({ name, reason }) => (reason === null || reason.kind === 'path' || reason.kind === 'host' ? [] : [`${name}: ${describeReason(reason)}`]));
    events.routeExplained.publish({ exchange, version: explanation.version, others: others.slice(0, MOST) });
  });
}
