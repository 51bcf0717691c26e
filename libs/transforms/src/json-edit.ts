import type { Exchange } from '#libs/kernel';
import { isContainer } from './exact-json.js';
import { compileClaims, compileCopy, type Copies, type TokenClaims } from './json-copy.js';
import { compileFixedPath, compileJsonPath, eachContainer, putKey, removeKey, valueAt, type JsonPath } from './json-path.js';
import { compilePick } from './json-pick.js';
import { compileRename } from './json-rename.js';
import type { Getter } from './template.js';

/** The edits of `json-body`. */
export interface JsonEdits {
  readonly unwrap?: string | undefined;
  readonly pick?: readonly string[] | undefined;
  readonly remove: readonly string[];
  readonly rename: Readonly<Record<string, string>>;
  readonly claims?: TokenClaims | undefined;
  readonly copy?: Copies | undefined;
  readonly wrap?: string | undefined;
  /** Path to a JSON template. */
  readonly set: Readonly<Record<string, unknown>>;
}

/** A new JSON value from the present one, which it may change. */
export type EditJson = (value: unknown, exchange: Exchange) => unknown;

/**
 * Compiles the edits in their fixed order: unwrap, pick, remove, rename, claims, copy, wrap, set.
 * @throws TemplateError for a path or a template that cannot be compiled.
 */
export function compileJsonEdits(edits: JsonEdits, compileValue: (template: unknown) => Getter<Exchange>): EditJson {
  const { claims, copy, unwrap, pick, remove, rename, wrap, set } = edits;
  const steps: EditJson[] = [];
  if (unwrap !== undefined) steps.push(compileUnwrap(compileFixedPath(unwrap)));
  if (pick !== undefined) steps.push(compilePick(pick));
  steps.push(...remove.map(compileRemove));
  if (Object.keys(rename).length > 0) steps.push(compileRename(rename));
  if (claims !== undefined) steps.push(compileClaims(claims));
  if (copy !== undefined) steps.push(compileCopy(copy));
  if (wrap !== undefined) steps.push(compileWrap(compileFixedPath(wrap)));
  steps.push(...Object.entries(set).map(([path, template]) => compileSet(compileJsonPath(path), compileValue(template))));
  return (value, exchange) => steps.reduce((present, step) => step(present, exchange), value);
}

function compileUnwrap(path: JsonPath): EditJson {
  return (value) => {
    const inner = valueAt(value, path);
    return inner === undefined ? value : inner;
  };
}

function compileWrap(path: JsonPath): EditJson {
  return (value) => path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

function compileRemove(text: string): EditJson {
  const path = compileJsonPath(text);
  const key = path.at(-1) as string;
  const parents = path.slice(0, -1);
  return (value) => {
    eachContainer(value, parents, (container) => removeKey(container, key));
    return value;
  };
}

/** Objects on the way that are missing are made; a value on the way that is no object is left alone. */
function compileSet(path: JsonPath, render: Getter<Exchange>): EditJson {
  const key = path.at(-1) as string;
  const parents = path.slice(0, -1);
  return (root, exchange) => {
    if (render(exchange) !== undefined) makeParents(root, parents);
    eachContainer(root, parents, (container) => {
      // Rendered for each place: two of them must not share one object.
      const value = render(exchange);
      if (value === undefined) removeKey(container, key);
      else if (!Array.isArray(container) || isIndex(key, container)) putKey(container, key, value);
    });
    return root;
  };
}

function makeParents(root: unknown, parents: JsonPath): void {
  let container = root;
  for (const key of parents) {
    if (key === '*' || !isContainer(container) || Array.isArray(container)) return;
    if (!Object.hasOwn(container, key)) container[key] = {};
    container = container[key];
  }
}

/** Of a list only items that exist can be set. */
function isIndex(key: string, list: readonly unknown[]): boolean {
  return key !== 'length' && Object.hasOwn(list, key);
}
