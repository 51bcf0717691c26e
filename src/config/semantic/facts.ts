import type { Resolved } from '../effective.js';
import type { Issues } from '../issues.js';
import { nearestName } from '../nearest-name.js';
import { child, entriesOf, nodeAt, type MapNode, type Node } from '../nodes.js';

/** What checks look at, and where they report. Values that the schema refused are skipped: they are reported already. */
export interface Facts {
  readonly root: MapNode;
  readonly resolved: Resolved;
  readonly issues: Issues;
  readonly warnings: Issues;
}

/** A group of settings as written: `defaults`, a policy, a route or an endpoint. */
export interface Settings {
  readonly path: readonly string[];
  readonly node: Node;
}

export function settingsOf(root: MapNode): readonly Settings[] {
  const defaults = child(root, 'defaults');
  const named = ['policies', 'routes', 'endpoints'].flatMap((section) => entriesOf(child(root, section)).map(([name, { node }]) => ({ path: [section, name], node })));
  return defaults ? [{ path: ['defaults'], node: defaults }, ...named] : named;
}

/** Names defined in a section of the file. */
export function namesOf(root: MapNode, section: string): readonly string[] {
  return entriesOf(nodeAt(root, [section])).map(([name]) => name);
}

/** "There is no such thing", with the nearest one that is. */
export function noSuch(kind: string, name: string, known: readonly string[]) {
  const suggestion = nearestName(name, known);
  const message = known.length === 0 ? `there is no ${kind} "${name}"; the file defines none` : `there is no ${kind} "${name}"`;
  return { message, ...(suggestion === undefined ? {} : { suggestion }), ...(known.length === 0 ? {} : { allowed: known }) };
}
