import { child, entriesOf, locate, type MapNode, type Node } from '../nodes.js';
import type { Facts } from './facts.js';

/** A place of a route, a policy or `defaults` that names a service. */
export interface ServiceReference {
  readonly node: Node;
  readonly path: readonly (string | number)[];
}

/** Every service that settings name, as written there. */
export function serviceReferences(settings: Node): readonly ServiceReference[] {
  const fallback = child(settings, 'fallback');
  const listed = fallback?.kind === 'list';
  const standIns = listed ? fallback : child(fallback, 'chain');
  const from = listed ? ['fallback'] : ['fallback', 'chain'];
  return [
    ...at(settings, ['to']),
    ...(standIns?.kind === 'list' ? standIns.items : []).flatMap((item, index) => at(item, ['service'], [...from, index])),
    ...below(settings, ['split', 'variants']),
    ...at(child(settings, 'mirror'), ['to'], ['mirror']),
    ...below(settings, ['aggregate', 'calls']),
  ];
}

function at(node: Node | undefined, [key]: readonly [string], above: readonly (string | number)[] = []): readonly ServiceReference[] {
  const found = child(node, key);
  return found ? [{ node: found, path: [...above, key] }] : [];
}

function below(node: Node, path: readonly [string, string]): readonly ServiceReference[] {
  return entriesOf(child(child(node, path[0]), path[1])).flatMap(([name, entry]) => at(entry.node, ['to'], [...path, name]));
}

/** Whether every route leads somewhere, and splits and mirrors elsewhere than it does. */
export function checkDestinations({ root, resolved, issues }: Facts): void {
  for (const [name, node] of resolved.written.routes) {
    const refuse = (path: readonly string[], message: string): void => {
      const found = locate(node, path);
      issues.add(found.node === node ? locate(root, ['routes', name]).place : found.place, ['routes', name, ...path], message);
    };
    checkEnds(node, refuse);
    const route = resolved.routes.get(name);
    if (!route) continue;
    const variants = Object.values(route.split?.variants ?? {});
    if (route.split && variants.every(({ weight }) => weight === 0)) refuse(['split', 'variants'], 'no variant has a weight; say which one gets the requests that meet no condition');
    if (route.mirror && [route.to, ...variants.map(({ to }) => to)].includes(route.mirror.to)) refuse(['mirror', 'to'], 'the copies would go to the service that gets the live requests');
    if (!route.split && route.fallback?.chain.some((standIn) => standIn !== 'stale' && 'service' in standIn && standIn.service === route.to)) {
      refuse(['fallback'], `the service "${route.to}" cannot stand in for itself`);
    }
  }
}

function checkEnds(node: MapNode, refuse: (path: readonly string[], message: string) => void): void {
  const [to, aggregate] = [child(node, 'to'), child(node, 'aggregate')];
  if (to && aggregate) refuse(['aggregate'], 'a route has either `to` or `aggregate`');
  if (!to && !aggregate) refuse(['to'], 'missing; expected the name of a service (or `aggregate` instead)');
  if (aggregate && child(node, 'split')) refuse(['split'], 'this route asks several services (`aggregate`), so there is nothing to split; `split: null` takes away what it inherits');
}
