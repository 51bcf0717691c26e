import { isContainer } from './exact-json.js';
import { TemplateError } from './template.js';

/** A compiled dotted path: names and indexes, `*` for every item of a list or every value of an object. */
export type JsonPath = readonly string[];

const SEGMENT = /((?:\\.|[^.\\])+)(?:\.|$)/gy;

/**
 * Compiles `user.name`, `items.*.id` or `items.0`; `\.` is a dot inside a name.
 * @throws TemplateError for an empty segment, a `*` at the end or a name that is no plain key.
 */
export function compileJsonPath(text: string): JsonPath {
  const matches = [...text.matchAll(SEGMENT)];
  const path = matches.map(([, segment = '']) => segment.replaceAll(/\\(.)/g, '$1'));
  const complete = matches.map(([whole]) => whole).join('') === text && !text.endsWith('.');
  if (path.length === 0 || !complete) throw new TemplateError(`"${text}" is not a path such as user.name or items.*.id`);
  if (path.at(-1) === '*') throw new TemplateError(`"${text}" cannot end in "*"`);
  if (path.includes('__proto__')) throw new TemplateError(`"${text}" cannot name "__proto__"`);
  return path;
}

/** Compiles a path that leads to one value, as `wrap` and `unwrap` need it: without `*`. */
export function compileFixedPath(text: string): JsonPath {
  const path = compileJsonPath(text);
  if (path.includes('*')) throw new TemplateError(`"${text}" must lead to one value, without "*"`);
  return path;
}

/** The value at a path without `*`; `undefined` when there is none. */
export function valueAt(root: unknown, path: JsonPath): unknown {
  let value = root;
  for (const key of path) {
    if (!isContainer(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Calls `visit` with every container the path leads to. */
export function eachContainer(root: unknown, path: JsonPath, visit: (container: Record<string, unknown>) => void): void {
  if (!isContainer(root)) return;
  const [key, ...rest] = path;
  if (key === undefined) visit(root);
  else if (key === '*') for (const value of Object.values(root)) eachContainer(value, rest, visit);
  else if (Object.hasOwn(root, key)) eachContainer(root[key], rest, visit);
}

/** Removes a key of an object, or an item of a list. */
export function removeKey(container: Record<string, unknown>, key: string): void {
  if (!Array.isArray(container)) delete container[key];
  else if (Object.hasOwn(container, key) && key !== 'length') container.splice(Number(key), 1);
}

/** Sets the value at a path without `*`. Objects on the way that are missing are made; what is no object is left alone. */
export function putAt(root: unknown, path: JsonPath, value: unknown): void {
  let container = root;
  for (const key of path.slice(0, -1)) {
    if (!isContainer(container) || Array.isArray(container)) return;
    if (!Object.hasOwn(container, key)) putKey(container, key, {});
    container = container[key];
  }
  if (isContainer(container) && !Array.isArray(container)) putKey(container, path.at(-1) as string, value);
}

/** Sets a field as data: a client's key `__proto__` stays a key. */
export function putKey(container: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
  else container[key] = value;
}
