import { compileJsonPath, eachContainer, putKey, type JsonPath } from './json-path.js';
import { TemplateError } from './template.js';

interface Group {
  readonly parents: JsonPath;
  /** Old key to new key. */
  readonly names: Map<string, string>;
}

/**
 * Compiles `{ 'users.*.full_name': fullName }`: the key at a path gets another name in the same object. Renames of one
 * object happen at once, so that two keys can change places; the order of keys stays.
 * @throws TemplateError for a path that cannot be compiled.
 */
export function compileRename(renames: Readonly<Record<string, string>>): (value: unknown) => unknown {
  const groups = new Map<string, Group>();
  for (const [text, name] of Object.entries(renames)) {
    if (name === '' || name === '__proto__') throw new TemplateError(`"${text}" cannot be renamed to "${name}"`);
    const path = compileJsonPath(text);
    const parents = path.slice(0, -1);
    const id = JSON.stringify(parents);
    const group = groups.get(id) ?? { parents, names: new Map<string, string>() };
    group.names.set(path.at(-1) as string, name);
    groups.set(id, group);
  }
  // Inner objects first: once an outer key has its new name, the path through it leads nowhere.
  const ordered = [...groups.values()].sort((a, b) => b.parents.length - a.parents.length);
  return (value) => {
    for (const { parents, names } of ordered) eachContainer(value, parents, (container) => renameKeys(container, names));
    return value;
  };
}

function renameKeys(container: Record<string, unknown>, names: ReadonlyMap<string, string>): void {
  if (Array.isArray(container)) return;
  const taken = new Set<string>();
  for (const [key, name] of names) if (Object.hasOwn(container, key)) taken.add(name);
  if (taken.size === 0) return;
  const entries = Object.entries(container);
  for (const [key] of entries) delete container[key];
  for (const [key, field] of entries) {
    const name = names.get(key);
    if (name !== undefined) putKey(container, name, field);
    // The renamed value replaces one that already had the name.
    else if (!taken.has(key)) putKey(container, key, field);
  }
}
