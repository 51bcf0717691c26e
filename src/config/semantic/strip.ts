import { namesIn } from '../layers.js';
import { nodeAt } from '../nodes.js';
import type { Facts } from './facts.js';

/** A `path.strip` that a route writes itself, and that none of its paths can begin with: a slip of the pen, mostly. */
export function checkStrip({ resolved, warnings }: Facts): void {
  for (const [name, node] of resolved.written.routes) {
    const strip = nodeAt(node, ['path', 'strip']);
    // That of a policy is for many routes, and some may not have the prefix.
    if (strip?.kind !== 'scalar' || typeof strip.value !== 'string' || strip.broken || strip.layer !== `routes.${name}`) continue;
    const prefix = strip.value;
    const patterns = namesIn(nodeAt(node, ['match', 'path']));
    if (patterns.length === 0 || !patterns.every((pattern) => differ(pattern.name, prefix))) continue;
    warnings.add(strip.place, ['routes', name, 'path', 'strip'], `no path of this route begins with ${prefix}, so nothing is ever taken away`);
  }
}

/** Whether a segment of the prefix is one that the pattern cannot have there. */
function differ(pattern: string, prefix: string): boolean {
  const segments = pattern.split('/');
  // `match.prefix: string` may go on within the last one.
  return prefix.replace(/\/+$/, '').split('/').some((segment, index) => {
    const there = segments[index];
    return there !== undefined && !there.startsWith(':') && there !== '**' && !(index === segments.length - 1 ? segment.startsWith(there) : segment === there);
  });
}
