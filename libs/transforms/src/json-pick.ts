import { isContainer } from './exact-json.js';
import { compileJsonPath, putKey } from './json-path.js';

/** Key to what is kept of its value; `null` keeps all of it. */
type Kept = Map<string, Kept> | null;

/**
 * Compiles a list of paths to keep; the rest goes. An object with none of them is empty, and so is a list; a bare
 * text, number or boolean becomes `null`.
 * @throws TemplateError for a path that cannot be compiled.
 */
export function compilePick(paths: readonly string[]): (value: unknown) => unknown {
  const tree = new Map<string, Kept>();
  for (const path of paths) plant(tree, compileJsonPath(path));
  return (value) => prune(value, tree) ?? null;
}

function plant(tree: Map<string, Kept>, [key = '', ...rest]: readonly string[]): void {
  const branch = tree.get(key);
  // A path that keeps all of a value wins over one that keeps a part.
  if (rest.length === 0 || branch === null) {
    tree.set(key, null);
    return;
  }
  const next = branch ?? new Map<string, Kept>();
  tree.set(key, next);
  plant(next, rest);
}

function prune(value: unknown, tree: Kept): unknown {
  if (tree === null || !isContainer(value)) return tree === null ? value : undefined;
  const every = tree.get('*');
  const kept: Record<string, unknown> = {};
  const items: unknown[] = [];
  for (const [key, field] of Object.entries(value)) {
    const branch = tree.has(key) ? tree.get(key) : every;
    const pruned = branch === undefined ? undefined : prune(field, branch);
    if (pruned === undefined) continue;
    if (Array.isArray(value)) items.push(pruned);
    else putKey(kept, key, pruned);
  }
  return Array.isArray(value) ? items : kept;
}
