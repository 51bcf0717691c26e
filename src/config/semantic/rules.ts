import { namesIn } from '../layers.js';
import { child, entriesOf, nodeAt, type Node } from '../nodes.js';
import type { Facts } from './facts.js';
import { capturesOf } from './templates.js';

/** A rule of `authorize`, as written, and where it stands within the settings. */
interface WrittenRule {
  readonly node: Node;
  readonly path: readonly (string | number)[];
}

/** Every rule of `authorize`: what stands beside, those of methods, and the alternatives of each. */
export function rulesIn(settings: Node): readonly WrittenRule[] {
  const authorize = child(settings, 'authorize');
  if (authorize?.kind !== 'map') return [];
  const methods = entriesOf(child(authorize, 'methods')).map(([name, { node }]): WrittenRule => ({ node, path: ['authorize', 'methods', name] }));
  return [{ node: authorize, path: ['authorize'] }, ...methods].flatMap((rule) => [rule, ...alternativesOf(rule)]);
}

function alternativesOf({ node, path }: WrittenRule): readonly WrittenRule[] {
  const anyOf = child(node, 'anyOf');
  return (anyOf?.kind === 'list' ? anyOf.items : []).map((item, index) => ({ node: item, path: [...path, 'anyOf', index] }));
}

/** Where a rule asks whose a segment is, every pattern of the route has that segment: without it nobody could meet the rule. */
export function checkOwners({ resolved, issues }: Facts): void {
  for (const [section, nodes] of [['routes', resolved.written.routes], ['endpoints', resolved.written.endpoints]] as const) {
    for (const [name, settings] of nodes) {
      const patterns = namesIn(section === 'routes' ? nodeAt(settings, ['match', 'path']) : child(settings, 'at')).map((pattern) => pattern.name);
      for (const { node, path } of rulesIn(settings)) {
        const owner = child(node, 'owner');
        const param = owner?.kind === 'map' ? child(owner, 'param') : owner;
        if (param?.kind !== 'scalar' || typeof param.value !== 'string' || param.broken || param.layer === 'defaults') continue;
        const lacking = patterns.find((pattern) => !segmentsOf(pattern).includes(param.value as string));
        if (lacking !== undefined) issues.add(param.place, [section, name, ...path, 'owner'], `the pattern ${lacking} has no segment \`:${param.value}\`, so nobody could be its owner`);
      }
    }
  }
}

/** What `**` matches is not one segment. */
function segmentsOf(pattern: string): readonly string[] {
  return capturesOf(pattern).filter((name) => name !== 'rest' || pattern.includes('/:rest'));
}
