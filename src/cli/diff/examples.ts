import { routeEntries, type GatewayConfig, type MatchConfig } from '../../config/index.js';
import type { Both } from './both.js';
import type { Judge } from './judge.js';
import type { Tally } from './tally.js';
import type { Asked } from './treatment.js';

type Conditions = NonNullable<MatchConfig['headers']>;

/** Runs requests made from the routes' own patterns through both configurations and gathers those that go elsewhere. */
export function tryExamples(configs: Both<GatewayConfig>, judges: Both<Judge>, tally: Tally): void {
  const examples = new Map([...examplesOf(configs.old), ...examplesOf(configs.new)].map((example) => [JSON.stringify(example), example]));
  for (const asked of examples.values()) {
    const group = tally.groupOf({ old: judges.old.judge(asked), new: judges.new.judge(asked) }, asked, null);
    if (group) group.count++;
  }
}

/** One request or several for each pattern of a configuration, as far as conditions can be met without guessing. */
function examplesOf(config: GatewayConfig): Asked[] {
  return routeEntries(config).flatMap(({ match }) => {
    const { prefix, headers } = versioned(match, config.versions);
    const query = new URLSearchParams(valuesOf(match.query)).toString();
    const hosts = (match.hosts ?? ['']).map((host) => host.replace(/^\*\./, 'any.').replace(/^\*$/, ''));
    const paths = match.path.flatMap((pattern) => pathsOf(pattern, match.prefix));
    return hosts.flatMap((host) => paths.flatMap((path) => (match.methods ?? ['GET', 'POST']).filter((method) => method !== 'OPTIONS').map((method): Asked => ({
      method, host, upgrade: false, caller: null,
      target: Buffer.from(`${prefix}${path}${query === '' ? '' : `?${query}`}`).toString('latin1'),
      headers: { ...lowerCased(valuesOf(match.headers)), ...headers },
    }))));
  });
}

/** What a pattern matches: with `**`, the bare prefix and something below it. */
function pathsOf(pattern: string, prefix: MatchConfig['prefix']): string[] {
  const path = pattern.replaceAll(/\/:([A-Za-z]\w*)/g, '/$1');
  if (!path.endsWith('/**')) return [path];
  const bare = path.slice(0, -3);
  return [bare === '' ? '/' : bare, ...(prefix === 'exact' ? [] : [`${bare}/example`])];
}

function versioned({ version }: MatchConfig, versions: GatewayConfig['versions']): { prefix: string; headers: Record<string, string> } {
  const [name] = version ?? [];
  if (name === undefined || !versions) return { prefix: '', headers: {} };
  if (versions.prefix) return { prefix: `/${name}`, headers: {} };
  if (versions.header !== undefined) return { prefix: '', headers: { [versions.header.toLowerCase()]: name } };
  return { prefix: '', headers: { accept: `*/*; ${versions.mediaType}=${name}` } };
}

/** Values that meet conditions; one that only an expression describes is left out. */
function valuesOf(conditions: Conditions | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(conditions ?? {}).flatMap(([name, condition]) => {
    const value = valueOf(condition);
    return value === null ? [] : [[name, value]];
  }));
}

function lowerCased(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}

function valueOf(condition: Conditions[string]): string | null {
  if (typeof condition === 'string') return condition;
  if (typeof condition === 'boolean') return condition ? 'any' : null;
  return condition.equals?.[0] ?? (condition.prefix === undefined ? null : `${condition.prefix}x`);
}
