import { RouteTable } from '#libs/routing';
import { namesIn } from '../layers.js';
import { child, locate, type Node } from '../nodes.js';
import { routeEntries } from '../route-entries.js';
import { capturesOf } from './templates.js';
import type { Facts } from './facts.js';

/** Patterns, conditions, versions, and whether it is always clear which route a request belongs to. */
export function checkTable({ root, resolved, issues }: Facts): void {
  const lines = routeEntries({ routes: Object.fromEntries(resolved.routes), endpoints: Object.fromEntries(resolved.endpoints) });
  const table = new RouteTable(lines.map((line) => ({ ...line, value: line })), resolved.file?.versions);
  for (const { route, key, message } of table.mistakes) {
    const line = lines.find(({ name }) => name === route);
    const path = line?.kind === 'endpoint' ? ['at', ...key.slice(2)] : key;
    const tree: Node | undefined = line ? resolved.written[`${line.kind}s`].get(line.key) : root;
    if (tree) issues.add(locate(tree, path).place, line ? [`${line.kind}s`, line.key, ...path] : path, message);
  }
}

/** Endpoints that need to know which service, and routes that a built-in endpoint stands in front of. */
export function checkMounts({ resolved, issues, warnings }: Facts): void {
  const mounts = new Map<string, string>();
  for (const [name, { serve, at }] of resolved.endpoints) {
    const node = resolved.written.endpoints.get(name);
    for (const pattern of at) {
      mounts.set(shape(pattern), name);
      if (serve === 'service' && node && !capturesOf(pattern).includes('service')) {
        issues.add(locate(node, ['at']).place, ['endpoints', name, 'at'], `${pattern} does not say which service: expected a \`:service\` segment`);
      }
    }
  }
  for (const [name, node] of resolved.written.routes) {
    for (const { name: pattern, node: written } of namesIn(child(child(node, 'match'), 'path'))) {
      const endpoint = mounts.get(shape(pattern));
      if (endpoint === undefined || resolved.routes.get(name)?.match.methods !== undefined) continue;
      warnings.add(written.place, ['routes', name, 'match', 'path'], `GET ${pattern} is answered by the built-in endpoint "${endpoint}"; \`endpoints: { ${endpoint}: off }\` leaves it to this route`);
    }
  }
}

/** Endpoints that controllers of plugins should answer, where no plugin brings one. */
export function checkControllers({ resolved, issues }: Pick<Facts, 'resolved' | 'issues'>, controllers: readonly unknown[]): void {
  if (controllers.length > 0) return;
  for (const [name, { serve }] of resolved.endpoints) {
    const node = resolved.written.endpoints.get(name);
    if (serve === 'plugin' && node) issues.add(locate(node, ['serve']).place, ['endpoints', name, 'serve'], 'no plugin of `server.plugins` exports `controllers`, so nobody would answer here');
  }
}

function shape(pattern: string): string {
  return pattern.replaceAll(/\/:\w+/g, '/:').replace(/(.)\/+$/, '$1');
}
