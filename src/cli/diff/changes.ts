import { parse } from 'yaml';
import { fingerprint, renderEffective, type GatewayConfig, type Origin } from '../../config/index.js';
import type { Both } from './both.js';
import type { Difference, Meaning } from './effect.js';
import { meaningOf } from './meaning.js';

/** A value of one of the configurations as it may be shown, and where it was written. */
export interface Side extends Origin {
  /** With units; secrets read `[redacted]`. */
  readonly value: unknown;
}

/** One thing that is not the same in both effective configurations. */
export interface Change extends Difference, Meaning {
  /** `null` for what was added. */
  readonly old: Side | null;
  /** `null` for what was removed. */
  readonly new: Side | null;
}

/** What a configuration holds that is no setting of a running gateway. */
const BESIDE: ReadonlySet<string> = new Set<keyof GatewayConfig>(['file', 'hash', 'originOf', 'tests']);

/** Compares two effective configurations by value, secrets included; how something came about does not count. */
export function changesBetween(both: Both<GatewayConfig>): Change[] {
  const shown = { old: shownOf(both.old), new: shownOf(both.new) };
  return [...differing(sectionsOf(both.old), sectionsOf(both.new), [])].map(({ kind, path }) => ({
    kind, path,
    old: kind === 'added' ? null : { value: at(shown.old, path), ...originOf(both.old, path) },
    new: kind === 'removed' ? null : { value: at(shown.new, path), ...originOf(both.new, path) },
    ...meaningOf({ kind, path }, both),
  }));
}

function sectionsOf(config: GatewayConfig): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([section]) => !BESIDE.has(section)));
}

/** The configuration as `print` shows it. Files that are answered are told by their size. */
function shownOf(config: GatewayConfig): Record<string, unknown> {
  const files = Object.entries(config.files).map(([name, bytes]) => [name, `${Buffer.byteLength(bytes, 'base64')} bytes`]);
  return { ...(parse(renderEffective(config, { origins: false })) as Record<string, unknown>), files: Object.fromEntries(files) };
}

function* differing(before: unknown, after: unknown, path: readonly string[]): Generator<Difference> {
  if (fingerprint(before) === fingerprint(after)) return;
  if (!isMap(before) || !isMap(after) || otherCode(before, after)) {
    yield { kind: 'changed', path };
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const below = [...path, key];
    if (isResolved(below)) continue;
    if (before[key] === undefined || after[key] === undefined) {
      if (before[key] !== after[key]) yield { kind: after[key] === undefined ? 'removed' : 'added', path: below };
    } else {
      yield* differing(before[key], after[key], below);
    }
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Options of other code have nothing to do with those it had. */
function otherCode(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): boolean {
  return typeof before['use'] === 'string' && before['use'] !== after['use'];
}

/** The names of policies: what they gave stands in the routes. */
function isResolved([section, , key, ...below]: readonly string[]): boolean {
  return key === 'use' && below.length === 0 && (section === 'routes' || section === 'endpoints');
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isMap(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value) ?? null;
}

function originOf(config: GatewayConfig, path: readonly string[]): Origin {
  return config.originOf(path) ?? { file: '', line: 0, layer: 'default' };
}

/** A path as people write it; a name with dots in it stands in brackets. */
export function pathText(path: readonly string[]): string {
  return path.map((part, index) => (part.includes('.') ? `[${JSON.stringify(part)}]` : index === 0 ? part : `.${part}`)).join('');
}
