import { Document, isMap, isSeq, visit, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { Secret } from '#libs/kernel';
import type { GatewayConfig, Origin } from './gateway-config.js';
import { writtenAt } from './origins.js';
import { provenanceOf, type Provenance } from './provenance.js';
import { REDACTED, secretLike, withoutPassword } from './redact.js';
import { schemasAt, type Schema } from './schema-walk.js';
import { withUnit } from './unit-text.js';

type Path = readonly (string | number)[];

/** What a configuration holds beside the file's sections. */
const BESIDE: ReadonlySet<string> = new Set<keyof GatewayConfig>(['file', 'files', 'tls', 'hash', 'originOf']);

export interface RenderOptions {
  /** Whether every value says where it was written. */
  readonly origins: boolean;
}

/**
 * The effective configuration as YAML that could be loaded again: inheritance resolved, defaults filled in, quantities
 * with units. Secrets read `[redacted]`.
 */
export function renderEffective(config: GatewayConfig, { origins }: RenderOptions): string {
  const sections = Object.fromEntries(Object.entries(config).filter(([key]) => !BESIDE.has(key)));
  const provenance = provenanceOf(config);
  const document = new Document(printable({ version: 1, ...sections }, [], provenance), { aliasDuplicateObjects: false });
  visit(document, {
    Seq: (_key, node) => {
      if (node.items.every((item) => !isMap(item) && !isSeq(item))) node.flow = true;
    },
  });
  if (origins && isMap(document.contents)) annotate(document.contents as YAMLMap, [], config);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function printable(value: unknown, path: Path, provenance: Provenance): unknown {
  if (value instanceof Secret || hidden(value, path, provenance)) return REDACTED;
  if (typeof value === 'number') return withUnit(value, schemasOf(path, provenance));
  if (typeof value === 'string') return withoutPassword(value);
  if (Array.isArray(value)) return value.map((item, index) => printable(item, [...path, index], provenance));
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof RegExp || value instanceof URL) return withoutPassword(value.toString());
  // What an extension made of an option may hold anything, keys for instance.
  if (Object.getPrototypeOf(value) !== Object.prototype) return REDACTED;
  const entries = Object.entries(value).filter(([key, inner]) => inner !== undefined && !resolvedAway(key, path));
  const { use, ...rest } = Object.fromEntries(entries.map(([key, inner]) => [key, printable(inner, [...path, key], provenance)]));
  return use === undefined ? rest : { use, ...rest };
}

/** Policies are resolved: what they gave stands in the routes. */
function resolvedAway(key: string, path: Path): boolean {
  return key === 'use' && path.length === 2 && (path[0] === 'routes' || path[0] === 'endpoints');
}

/** Text that came from elsewhere under a key that sounds secret, or from a file of its own, is not shown either. */
function hidden(value: unknown, path: Path, { written }: Provenance): boolean {
  if (typeof value !== 'string') return false;
  const node = writtenAt(written, path);
  return node?.kind === 'scalar' && (node.from === 'file' || (node.from === 'variable' && path.some(secretLike)));
}

function schemasOf(path: Path, { schemas, written }: Provenance): readonly Schema[] {
  const [section, name = '', ...rest] = path;
  if (section === 'routes') return schemasAt(schemas.route, rest, written.routes.get(String(name)));
  if (section === 'endpoints') return schemasAt(schemas.endpoint, rest, written.endpoints.get(String(name)));
  return section === 'defaults' ? schemasAt(schemas.settings, path.slice(1), written.defaults) : schemasAt(schemas.file, path, written.root);
}

function annotate(node: YAMLMap | YAMLSeq, path: Path, config: GatewayConfig): void {
  const pairs: readonly (readonly [string | number, unknown])[] = isMap(node)
    ? node.items.map((pair) => [String((pair.key as Scalar).value), pair.value])
    : node.items.map((item, index) => [index, item]);
  for (const [key, value] of pairs) {
    const at = [...path, key];
    if ((isMap(value) || isSeq(value)) && value.flow !== true && value.items.length > 0) annotate(value, at, config);
    // A comment would break an empty map over three lines.
    else if (at[0] !== 'version' && !isMap(value)) (value as Scalar).comment = comment(config.originOf(at));
  }
}

function comment(origin: Origin | undefined): string {
  if (!origin || origin.layer === 'default') return ' default';
  const place = origin.line > 0 ? `${origin.file}:${origin.line}` : origin.file;
  return origin.layer === 'file' ? ` ${place}` : ` ${place} (${origin.layer})`;
}
