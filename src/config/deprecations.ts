import type { DeprecateConfig, RouteSettings, VersionsConfig } from './schema/index.js';

/** What is told of one kind of call; `warnings` in the order they are sent. */
export interface Deprecation extends Omit<DeprecateConfig, 'warning'> {
  readonly warnings: readonly string[];
}

/** The call of a route: of which version, and whether it named it. */
export interface VersionedCall {
  readonly version: string | null;
  readonly named: boolean;
}

/**
 * What is told of a call: what the route says, then what is said of calls that name no version, then what is said of the
 * version. Of a field the first one counts; warnings are all told.
 * @returns `null` where nothing is.
 */
export function deprecationOf(own: RouteSettings['deprecate'], versions: VersionsConfig | undefined, { named, version }: VersionedCall): Deprecation | null {
  if (own === 'off') return null;
  const layers = [own, named ? undefined : versions?.unversioned, version === null ? undefined : ofVersion(versions, version)].filter((layer) => layer !== undefined);
  if (layers.length === 0) return null;
  const first = layers.reduceRight<DeprecateConfig>((below, layer) => ({ ...below, ...layer }), {});
  const { warning: _first, ...fields } = first;
  const warnings = [...new Set(layers.flatMap(({ warning }) => warning ?? []))];
  return Object.keys(fields).some((key) => key !== 'dates') || warnings.length > 0 ? { ...fields, warnings } : null;
}

/** Versions that `versions:` says something of. */
export function deprecatedVersions({ deprecate, deprecateBy }: VersionsConfig): readonly string[] {
  return [...new Set([...Object.keys(deprecate), ...Object.values(deprecateBy).flatMap((values) => Object.keys(values ?? {}))])];
}

function ofVersion(versions: VersionsConfig | undefined, version: string): DeprecateConfig | undefined {
  if (versions === undefined) return undefined;
  const fields = Object.entries(versions.deprecateBy).flatMap(([field, values]) => (values && Object.hasOwn(values, version) ? [[field, values[version]]] : []));
  const written = versions.deprecate[version];
  return fields.length === 0 ? written : { ...(Object.fromEntries(fields) as DeprecateConfig), ...written };
}
