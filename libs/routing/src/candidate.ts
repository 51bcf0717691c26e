import type { Condition } from './conditions.js';
import type { HostPattern } from './hosts.js';
import type { Pattern } from './pattern.js';

/** A route, compiled: all that its patterns have in common. */
export interface CompiledRoute<T> {
  readonly name: string;
  readonly value: T;
  /** With HEAD where GET brings it; `null` for any method. */
  readonly methods: ReadonlySet<string> | null;
  /** `null` for every version, and for calls without one. */
  readonly versions: ReadonlySet<string> | null;
  readonly conditions: readonly Condition[];
  readonly priority: number;
}

/** One pattern of a route on one host: what the table holds and precedence compares. */
export interface Candidate<T> {
  readonly route: CompiledRoute<T>;
  readonly pattern: Pattern;
  readonly host: HostPattern;
}

export function versionFits(versions: ReadonlySet<string> | null, version: string | null): boolean {
  return versions === null || (version !== null && versions.has(version));
}

export function slashFits({ slash }: Pattern, path: string): boolean {
  return slash === 'any' || path.endsWith('/') === (slash === 'with');
}
