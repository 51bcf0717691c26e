import { deprecatedVersions, deprecationOf } from '../deprecations.js';
import { child, entriesOf, locate, nodeAt, type MapNode } from '../nodes.js';
import { endsBeforeItBegins } from '../schema/deprecate.js';
import type { GatewayFile, VersionsConfig } from '../schema/index.js';
import { noSuch, settingsOf, type Facts } from './facts.js';

/** What is said of versions and routes that go away: the versions exist, and all of it together makes sense. */
export function checkDeprecations(facts: Facts): void {
  const { resolved: { file }, root } = facts;
  if (file === null) return;
  const { versions } = file;
  if (versions) checkVersions(versions, facts);
  checkSuccessors(versions, facts);
  const sections = [['routes', facts.resolved.routes, facts.resolved.written.routes], ['endpoints', facts.resolved.endpoints, facts.resolved.written.endpoints]] as const;
  for (const [section, all, nodes] of sections) {
    for (const [name, { deprecate }] of all) {
      const node = nodes.get(name);
      if (deprecate === undefined || !together(deprecate, versions)) continue;
      facts.issues.add(locate(node ?? root, ['deprecate']).place, [section, name, 'deprecate'], 'with what `versions` says, the sunset is before the deprecation (RFC 9745 4)');
    }
  }
}

function checkVersions(versions: VersionsConfig, { issues, root }: Facts): void {
  const known = versions.names;
  for (const name of deprecatedVersions(versions).filter((each) => !known.includes(each))) {
    const path = child(nodeAt(root, ['versions', 'deprecate']), name) ? ['versions', 'deprecate', name] : ['versions', 'deprecateBy'];
    issues.add(locate(root, path).place, path, noSuch('version', name, known));
  }
  if (together(undefined, versions)) issues.add(locate(root, ['versions']).place, ['versions'], 'of a version, the sunset is before the deprecation (RFC 9745 4)');
}

/** Whether of some call the sunset comes first. */
function together(own: Parameters<typeof deprecationOf>[0], versions: VersionsConfig | undefined): boolean {
  return [null, ...(versions?.names ?? [])].some((version) => [true, false].some((named) => {
    const all = deprecationOf(own, versions, { version, named });
    return all !== null && endsBeforeItBegins(all);
  }));
}

/** A successor that is no URL and no path has to be a version, and one that a link can name. */
function checkSuccessors(versions: GatewayFile['versions'], { issues, root }: Facts): void {
  for (const { path, text } of successorsOf(root)) {
    const known = versions?.names ?? [];
    const { place } = locate(root, path);
    if (known.includes(text)) {
      if (versions?.prefix === false) issues.add(place, path, `versions are no path prefixes here, so no link leads to "${text}"; write a URL`);
    } else if (!/[/:]/.test(text)) issues.add(place, path, noSuch('version', text, known));
  }
}

function successorsOf(root: MapNode): readonly { readonly path: readonly string[]; readonly text: string }[] {
  const places = [
    ...settingsOf(root).map(({ path }) => [...path, 'deprecate', 'successor']),
    ...entriesOf(nodeAt(root, ['versions', 'deprecate'])).map(([name]) => ['versions', 'deprecate', name, 'successor']),
    ...entriesOf(nodeAt(root, ['versions', 'deprecateBy', 'successor'])).map(([name]) => ['versions', 'deprecateBy', 'successor', name]),
    ['versions', 'unversioned', 'successor'],
  ];
  return places.flatMap((path) => {
    const node = nodeAt(root, path);
    return node?.kind === 'scalar' && typeof node.value === 'string' && !node.broken ? [{ path, text: node.value }] : [];
  });
}
