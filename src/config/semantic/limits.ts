import { locate, nodeAt, type MapNode } from '../nodes.js';
import type { RouteSettings } from '../schema/index.js';
import { limitsOf, type LimitConfig } from '../schema/limit.js';
import { noSuch, type Facts } from './facts.js';

type Path = readonly (string | number)[];

/** One limit of a route or an endpoint, and where it stands. */
interface Written {
  readonly limit: LimitConfig;
  readonly route: string;
  readonly open: boolean;
  /** Of the route. */
  readonly node: MapNode;
  /** Of the limit, within the route and within the file. */
  readonly at: Path;
  readonly full: Path;
}

/** Limits agree with the route they stand on, and with each other. */
export function checkLimits(facts: Facts): void {
  const all = allLimits(facts);
  for (const written of all) {
    if (written.open) checkOpen(written, facts);
    checkRoleNames(written, facts);
  }
  checkNames(all, facts);
  checkShares(all, facts);
}

function allLimits({ resolved }: Facts): readonly Written[] {
  return (['routes', 'endpoints'] as const).flatMap((section) =>
    [...(resolved[section] as ReadonlyMap<string, RouteSettings>)].flatMap(([route, { authenticate, limit }]) => {
      const node = resolved.written[section].get(route);
      if (!node) return [];
      return limitsOf(limit).map((one, index): Written => {
        const at = Array.isArray(limit) ? ['limit', index] : ['limit'];
        return { limit: one, route: `${section}.${route}`, open: authenticate === 'none', node, at, full: [section, route, ...at] };
      });
    }));
}

/** What needs a caller would never be looked at where nobody is asked who they are. What `defaults` say is for the others. */
function checkOpen({ at, full, limit, node }: Written, { issues }: Facts): void {
  const { by = [], exempt: { roles, users } } = limit;
  const report = (key: string, path: Path, message: string): void => {
    if (nodeAt(node, [...at, ...path])?.layer === 'defaults') return;
    issues.add(locate(node, [...at, ...path]).place, [...full, key], message);
  };
  const personal = by.find((one) => one === 'user' || one === 'role' || one === 'key');
  if (personal) report('by', ['by'], `\`authenticate\` is \`none\` here, so there is no ${personal as string} to count by; name authenticators, or count by ip`);
  if (Object.keys(limit.roles).length > 0) report('roles', ['roles'], '`authenticate` is `none` here, so nobody has a role; name authenticators, or take it out');
  if (roles.length + users.length > 0) report('exempt', ['exempt'], '`authenticate` is `none` here, so only addresses are known; name authenticators, or exempt `ips`');
}

function checkRoleNames({ at, full, limit, node }: Written, { issues, root }: Facts): void {
  const listed = nodeAt(root, ['roles', 'known']);
  if (listed?.kind !== 'list') return;
  const known = listed.items.flatMap((item) => (item.kind === 'scalar' ? [String(item.value)] : []));
  for (const [path, names] of [[['roles'], Object.keys(limit.roles)], [['exempt', 'roles'], limit.exempt.roles]] as const) {
    for (const name of names) {
      if (!known.includes(name)) issues.add(locate(node, [...at, ...path, name]).place, [...full, ...path, name], noSuch('role', name, known));
    }
  }
}

/** Headers and metrics would mix them up. */
function checkNames(all: readonly Written[], { issues }: Facts): void {
  const taken = new Set<string>();
  for (const { at, full, limit: { name }, node, route } of all) {
    if (name === undefined) continue;
    if (taken.has(`${route} ${name}`)) issues.add(locate(node, [...at, 'name']).place, [...full, 'name'], `there is another limit "${name}" on this route`);
    taken.add(`${route} ${name}`);
  }
}

/** Keys of another kind are other counters, so nothing would be shared. */
function checkShares(all: readonly Written[], { issues }: Facts): void {
  const ways = new Map<string, { readonly way: string; readonly route: string }>();
  for (const { at, full, limit, node, open, route } of all) {
    const { share } = limit;
    if (share === undefined) continue;
    const way = JSON.stringify(limit.by ?? (open || limit.early ? ['ip'] : ['user']));
    const first = ways.get(share);
    if (!first) ways.set(share, { way, route });
    else if (first.way !== way) issues.add(locate(node, [...at, 'share']).place, [...full, 'share'], `"${share}" is counted by ${way} here and by ${first.way} at ${first.route}, which share nothing; give both the same \`by\``);
  }
}
