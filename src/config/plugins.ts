import { existsSync, readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Extension } from '#libs/kernel';
import type { Issues } from './issues.js';
import { namesIn } from './layers.js';
import { nodeAt, type MapNode, type Node } from './nodes.js';

/** What the modules of `server.plugins` bring. */
export interface Plugins {
  readonly extensions: readonly Extension[];
  /** Nest providers. */
  readonly providers: readonly unknown[];
  /** Nest controllers, mounted where endpoints of kind `plugin` are. */
  readonly controllers: readonly unknown[];
}

const KINDS: ReadonlySet<string> = new Set<Extension['kind']>(['authenticator', 'balancer', 'discovery', 'guard', 'interceptor', 'transform']);
const AT = ['server', 'plugins'];

/**
 * Imports the modules of `server.plugins`: paths relative to the file that names them (TypeScript too, its types are
 * stripped), or packages found from its folder. What goes wrong is an issue on the plugin's line.
 */
export async function loadPlugins(root: MapNode, builtIns: readonly Extension[], issues: Issues): Promise<Plugins> {
  const extensions: Extension[] = [];
  const nest = { providers: [] as unknown[], controllers: [] as unknown[] };
  const taken = new Set(builtIns.map(nameOf));
  for (const { name, node } of namesIn(nodeAt(root, AT))) {
    const report = (message: string): void => issues.add(node.place, AT, `${name}: ${message}`);
    if (node.place.source.remote !== undefined) {
      report('a plugin may be named only in a file: whoever may write this could run any module with it');
      continue;
    }
    const module = await importModule(name, node, report);
    if (!module) continue;
    const found = extensionsIn(module, report);
    for (const extension of found) {
      if (taken.has(nameOf(extension))) report(`there is already a ${nameOf(extension)}`);
      else extensions.push(extension);
      taken.add(nameOf(extension));
    }
    for (const key of ['providers', 'controllers'] as const) nest[key].push(...listIn(module, key, report));
    if (found.length === 0 && !['providers', 'controllers'].some((key) => module[key] !== undefined)) {
      report('it exports no extension (what defineTransform and its like return), no providers and no controllers');
    }
  }
  return { extensions, ...nest };
}

function listIn(module: Readonly<Record<string, unknown>>, key: string, report: (message: string) => void): readonly unknown[] {
  const given = module[key] ?? [];
  if (Array.isArray(given)) return given as readonly unknown[];
  report(`its export "${key}" is not a list`);
  return [];
}

function nameOf({ kind, name }: Extension): string {
  return `${kind} "${name}"`;
}

async function importModule(name: string, node: Node, report: (message: string) => void): Promise<Readonly<Record<string, unknown>> | null> {
  let file = name;
  try {
    file = locateModule(name, node.place.source.folder);
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    report(`it cannot be loaded: ${path.isAbsolute(file) && !existsSync(file) ? 'there is no such file' : reasonOf(error, file)}`);
    return null;
  }
}

/** What is wrong with a module, with its line where Node tells it or a decorator is the likely cause. */
function reasonOf(error: unknown, file: string): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.split('\n')[0] ?? '';
  if (!(error instanceof SyntaxError)) return message;
  const line = /^\S.*:(\d+)\n/.exec(error.stack ?? '')?.[1];
  if (line !== undefined) return `line ${line}: ${message}`;
  const decorated = path.isAbsolute(file) ? readFileSync(file, 'utf8').split('\n').findIndex((text) => /^\s*@[A-Z]\w*\(/.test(text)) : -1;
  return decorated < 0 ? message : `${message} (line ${decorated + 1} has a decorator: Node takes out types, but no decorators; compile it first)`;
}

function locateModule(name: string, folder: string): string {
  if (name.startsWith('.') || path.isAbsolute(name)) return path.resolve(folder, name);
  const from = path.join(folder, 'gateway.yaml');
  try {
    return createRequire(from).resolve(name);
  } catch (error) {
    // A package only for `import` has no entry for `require`: its own word says where it starts.
    const entry = importEntry(name, from);
    if (entry === null) throw error;
    return entry;
  }
}

function importEntry(name: string, from: string): string | null {
  const manifest = manifestOf(name, from);
  if (manifest === undefined) return null;
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: Record<string, unknown> };
  const entry = conditional(exports?.['.'] ?? exports);
  return entry === null ? null : path.resolve(path.dirname(manifest), entry);
}

function manifestOf(name: string, from: string): string | undefined {
  try {
    return findPackageJSON(name, from);
  } catch {
    return undefined;
  }
}

function conditional(entry: unknown): string | null {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return null;
  const { node, import: esm, default: otherwise } = entry as Record<string, unknown>;
  return conditional(esm ?? node ?? otherwise);
}

function extensionsIn(module: Readonly<Record<string, unknown>>, report: (message: string) => void): readonly Extension[] {
  const candidates = Object.values(module).flatMap((exported) => (Array.isArray(exported) ? (exported as unknown[]) : [exported]));
  return [...new Set(candidates)].filter(looksLikeExtension).filter((extension) => {
    const zod = extension.schema as { _zod?: { def?: { type?: string } } } | undefined;
    if (zod?._zod?.def?.type === 'object' && typeof extension.create === 'function') return true;
    report(`${nameOf(extension)} needs a zod 4 object as its schema, and a create function`);
    return false;
  });
}

function looksLikeExtension(value: unknown): value is Extension {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name } = value as Partial<Extension>;
  return typeof kind === 'string' && KINDS.has(kind) && typeof name === 'string';
}
