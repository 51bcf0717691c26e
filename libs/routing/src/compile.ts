import type { Candidate, CompiledRoute } from './candidate.js';
import { compileConditions } from './conditions.js';
import { ANY_HOST, parseHost, type HostPattern } from './hosts.js';
import { parsePattern, type Pattern } from './pattern.js';
import type { RouteEntry, RouteMatch, RouteMistake } from './types.js';
import type { VersionReader } from './versions.js';

/** Compiles a route into one candidate for each of its patterns on each of its hosts; mistakes are collected. */
export function compileRoute<T>(entry: RouteEntry<T>, versions: VersionReader | null, mistakes: RouteMistake[]): Candidate<T>[] {
  const { name, match } = entry;
  const report = (key: readonly (string | number)[]) => (message: string) => mistakes.push({ route: name, key: ['match', ...key], message });
  const before = mistakes.length;
  const patterns = compilePatterns(match, versions, report);
  const hosts = compileHosts(match, report);
  const route: CompiledRoute<T> = {
    name,
    value: entry.value,
    methods: methodsOf(match, entry.head),
    versions: compileVersions(match, versions, report),
    conditions: [
      ...collect((found) => compileConditions('header', match.headers, found), report(['headers'])),
      ...collect((found) => compileConditions('query', match.query, found), report(['query'])),
    ],
    priority: match.priority ?? 0,
  };
  if (mistakes.length > before) return [];
  return hosts.flatMap((host) => patterns.map((pattern) => ({ route, pattern, host })));
}

type Report = (key: readonly (string | number)[]) => (message: string) => unknown;

function collect<R>(compile: (found: string[]) => R, report: (message: string) => unknown): R {
  const found: string[] = [];
  const result = compile(found);
  found.forEach(report);
  return result;
}

function compilePatterns(match: RouteMatch, versions: VersionReader | null, report: Report): Pattern[] {
  const options = { prefix: match.prefix ?? 'segment', trailingSlash: match.trailingSlash ?? 'ignore' } as const;
  if (match.path.length === 0) report(['path'])('a route needs at least one path pattern');
  return match.path.flatMap((text, index) => {
    const tell = report(['path', index]);
    const pattern = collect((found) => parsePattern(text, options, found), tell);
    if (pattern === null) return [];
    const first = pattern.segments[0];
    if (versions?.spec.prefix && first?.kind === 'literal' && versions.names.has(first.text)) {
      tell(`the pattern "${text}" starts with the version ${first.text}, which is taken off before routes are looked at: leave it out and say "version: ${first.text}"`);
    }
    return [pattern];
  });
}

function compileHosts(match: RouteMatch, report: Report): HostPattern[] {
  if (!match.hosts) return [ANY_HOST];
  return match.hosts.flatMap((text, index) => {
    const host = parseHost(text);
    if (host === null) report(['hosts', index])(`"${text}" is not a host name: expected api.example.org or *.example.org, without scheme and port`);
    return host ?? [];
  });
}

function compileVersions(match: RouteMatch, versions: VersionReader | null, report: Report): ReadonlySet<string> | null {
  match.version?.forEach((name, index) => {
    if (versions?.names.has(name)) return;
    report(['version', index])(versions === null ? 'the file defines no "versions"' : `"${name}" is not among the versions ${versions.spec.names.join(', ')}`);
  });
  return match.version ? new Set(match.version) : null;
}

function methodsOf({ methods }: RouteMatch, head: boolean): ReadonlySet<string> | null {
  if (!methods) return null;
  return new Set(head && methods.includes('GET') ? methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)) : methods);
}
