import { explicitId, operationsOf } from '../operations.js';
import { locate } from '../nodes.js';
import type { Facts } from './facts.js';

/** Programs call an operation by its id: one that the file gives may stand for one operation only. */
export function checkOperations({ resolved, issues }: Facts): void {
  const taken = new Map<string, string>();
  const claim = (section: 'routes' | 'endpoints', name: string, ids: readonly string[]): void => {
    const clash = ids.find((id) => taken.has(id));
    const node = resolved.written[section].get(name);
    if (clash !== undefined && node) issues.add(locate(node, ['openapi', 'id']).place, [section, name, 'openapi', 'id'], `the operation id "${clash}" is that of ${taken.get(clash) as string} already`);
    for (const id of ids) taken.set(id, `${section}.${name}`);
  };
  for (const [name, route] of resolved.routes) {
    if (explicitId(route.openapi) !== undefined) claim('routes', name, operationsOf(name, route, resolved.file?.versions).map(({ id }) => id));
  }
  for (const [name, { openapi }] of resolved.endpoints) {
    const id = explicitId(openapi);
    if (id !== undefined) claim('endpoints', name, [id]);
  }
}
