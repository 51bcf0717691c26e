import { normalisePath } from './normalise-path.js';
import { RouteTable } from './route-table.js';
import type { ConditionSpec, ConditionSpecs, RouteEntry, RouteRequest, VersionsSpec } from './types.js';
import { seededRandom } from '#libs/testing';

/** Random tables and requests against a matcher that knows nothing of trees: regular expressions over every route. */
type Entry = RouteEntry<number>;
interface Hit { readonly name: string; readonly rank: readonly number[]; readonly params: Record<string, string>; readonly methodFits: boolean; readonly methods: readonly string[] | undefined }

const VERSIONS: VersionsSpec = { names: ['v1', 'v2'], default: 'v1', prefix: true, header: 'X-V' };

function versionOf(request: RouteRequest, versions: VersionsSpec | undefined): { version: string | null; path: string } {
  if (!versions) return { version: null, path: request.path };
  const prefixed = /^\/(v1|v2)(\/.*)?$/.exec(request.path);
  if (prefixed) return { version: prefixed[1] as string, path: prefixed[2] ?? '/' };
  return { version: (request.headers['x-v'] as string | undefined) ?? versions.default ?? null, path: request.path };
}

function hits(entries: readonly Entry[], request: RouteRequest, versions: VersionsSpec | undefined): Hit[] {
  const { version, path } = versionOf(request, versions);
  if (versions && version !== null && !versions.names.includes(version)) return [];
  return entries.flatMap(({ name, match, head }) => {
    if (match.version && (version === null || !match.version.includes(version))) return [];
    if (!conditionsHold(match.headers, (key) => request.headers[key] as string | undefined)) return [];
    if (!conditionsHold(match.query, (key) => new URLSearchParams(request.query).get(key) ?? undefined)) return [];
    const methods = match.methods && [...match.methods, ...(head && match.methods.includes('GET') ? ['HEAD'] : [])];
    const tail = [methods ? 0 : 1, match.version ? 0 : 1, -count(match.headers) - count(match.query), -(match.priority ?? 0)];
    return (match.hosts ?? ['*']).flatMap((host) => match.path.flatMap((pattern) => {
      const { expression, rank } = reference(pattern, match.prefix, match.trailingSlash);
      const found = expression.exec(path);
      if (!found || !hostMatches(host, request.host)) return [];
      const params = Object.fromEntries(Object.entries(found.groups ?? {}).map(([key, value]) => [key, value ?? '']));
      return [{ name, params, methods, methodFits: !methods || methods.includes(request.method), rank: [...hostRank(host), ...rank, ...tail] }];
    }));
  });
}

function reference(pattern: string, prefix = 'segment', slash = 'ignore'): { expression: RegExp; rank: number[] } {
  const open = pattern.endsWith('/**');
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '**');
  const text = open && prefix === 'string' && parts.length > 0 && !parts.at(-1)?.startsWith(':');
  const rest = open && prefix !== 'exact';
  const body = parts.map((part) => (part.startsWith(':') ? `/(?<${part.slice(1)}>[^/]+)` : `/${part}`)).join('');
  const root = parts.length === 0;
  const end = rest ? (text ? '/?(?<rest>.*)' : '(?:/(?<rest>.*))?') : root ? '/' : slash === 'ignore' ? '/?' : pattern.endsWith('/') && !open ? '/' : '';
  const ranks = parts.map((part, index) => (part.startsWith(':') ? [3, 0] : text && index === parts.length - 1 ? [2, -part.length] : [1, 0]));
  if (rest && !text) ranks.push([4, 0]);
  while (ranks.length < 5) ranks.push([0, 0]);
  return { expression: new RegExp(`^${body}${end}$`), rank: [...ranks.flat(), rest || root || slash === 'ignore' ? 1 : 0] };
}

const count = (specs: ConditionSpecs | undefined) => Object.keys(specs ?? {}).length;
const hostRank = (host: string) => (host === '*' ? [2, 0] : host.startsWith('*.') ? [1, -host.length] : [0, 0]);
const hostMatches = (pattern: string, host: string) => pattern === '*' || pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));

function conditionsHold(specs: ConditionSpecs | undefined, value: (name: string) => string | undefined): boolean {
  return Object.entries(specs ?? {}).every(([name, spec]) => conditionHolds(spec, value(name)));
}

function conditionHolds(spec: ConditionSpec, value: string | undefined): boolean {
  if (typeof spec === 'boolean') return spec === (value !== undefined);
  if (value === undefined) return false;
  if (typeof spec === 'string') return spec === value;
  const whole = spec.matches === undefined || new RegExp(spec.matches).exec(value)?.[0] === value;
  return whole && (!spec.equals || spec.equals.includes(value)) && value.startsWith(spec.prefix ?? '');
}

const compare = (a: Hit, b: Hit) => a.rank.map((rank, index) => rank - (b.rank[index] as number)).find((order) => order !== 0) ?? 0;

describe('random tables', () => {
  const random = seededRandom(20_261_121);
  const pick = <V>(values: readonly V[]): V => values[Math.floor(random() * values.length)] as V;
  const some = <V>(values: readonly V[], share = 0.3): readonly V[] | undefined =>
    random() < share ? [...new Set([pick(values), pick(values)])] : undefined;
  const condition = () => pick<ConditionSpec>([true, false, '1', '2', { equals: ['1', '3'] }, { prefix: '1' }, { prefix: '12' }, { matches: '[12]+' }, { matches: '3', prefix: '3' }]);
  const conditions = (names: readonly string[]) => (random() < 0.25 ? Object.fromEntries(names.filter(() => random() < 0.6).map((name) => [name, condition()])) : undefined);

  function randomPattern(): string {
    const parts = Array.from({ length: Math.floor(random() * 4) }, (_, index) => pick(['a', 'a', 'b', 'ab', 'abc', `:p${index}`]));
    return `/${[...parts, ...(random() < 0.35 ? ['**'] : [])].join('/')}${parts.length > 0 && random() < 0.2 ? '/' : ''}`.replace('**/', '**');
  }

  function randomEntry(index: number, versioned: boolean): Entry {
    return {
      name: `r${index}`, value: index, head: random() < 0.7,
      match: {
        path: random() < 0.2 ? [randomPattern(), randomPattern()] : [randomPattern()],
        prefix: pick(['segment', 'segment', 'string', 'exact'] as const),
        trailingSlash: pick(['ignore', 'ignore', 'strict'] as const),
        methods: some(['GET', 'HEAD', 'POST', 'PUT'], 0.5),
        hosts: some(['x.org', 'w.x.org', '*.x.org', '*.org']),
        headers: conditions(['x-a', 'x-b']),
        query: conditions(['q']),
        version: versioned ? some(['v1', 'v2']) : undefined,
        priority: pick([0, 0, 1, index]),
      },
    };
  }

  function randomRequest(): RouteRequest {
    const parts = Array.from({ length: Math.floor(random() * 5) }, () => pick(['a', 'a', 'b', 'ab', 'abc', 'abcd', 'c']));
    const headers: Record<string, string> = {};
    for (const name of ['x-a', 'x-b']) if (random() < 0.5) headers[name] = pick(['1', '12', '2', '3']);
    if (random() < 0.2) headers['x-v'] = pick(['v1', 'v2', 'v9']);
    const prefix = random() < 0.3 ? [pick(['v1', 'v2', 'v3'])] : [];
    return {
      method: pick(['GET', 'HEAD', 'POST', 'PUT']),
      path: `/${[...prefix, ...parts].join('/')}${parts.length > 0 && random() < 0.2 ? '/' : ''}`,
      query: pick(['', '?q=1', '?q=2&q=1', '?z']),
      host: pick(['x.org', 'w.x.org', 'v.w.x.org', 'y.org', 'z']),
      headers,
    };
  }

  it('find what a plain matcher finds, and explain agrees', () => {
    const seen = { found: 0, missed: 0, tied: 0, refused: 0 };
    for (let round = 0; round < 500; round++) {
      const versions = random() < 0.5 ? VERSIONS : undefined;
      const entries = Array.from({ length: 1 + Math.floor(random() * 25) }, (_, index) => randomEntry(index, versions !== undefined));
      const table = new RouteTable(entries, versions);
      const pairs = new Set(table.mistakes.map(({ route, ambiguity }) => `${ambiguity?.with} ${route}`));
      for (let call = 0; call < 20; call++) {
        const request = randomRequest();
        const all = hits(entries, request, versions);
        const fitting = all.filter(({ methodFits }) => methodFits).sort(compare);
        const [best] = fitting;
        const match = table.find(request);
        const explanation = table.explain(request);
        expect(explanation.winner).toBe(match?.name ?? null);
        expect(explanation.routes.map(({ name }) => name).sort()).toEqual(entries.map(({ name }) => name).sort());
        expect(explanation.routes.every(({ name, reason }) => (reason === null) === (name === match?.name))).toBe(true);
        if (!best) {
          const allow = new Set(all.flatMap(({ methods }) => methods ?? []));
          expect(match).toBeNull();
          expect(new Set(table.allow(request))).toEqual(allow.size === 0 ? allow : allow.add('OPTIONS'));
          seen[allow.size === 0 ? 'missed' : 'refused'] += 1;
          continue;
        }
        const rival = fitting.find((hit) => hit.name !== best.name && compare(hit, best) === 0);
        if (rival) expect(pairs).toContain(`${best.name} ${rival.name}`);
        expect(match).toMatchObject({ name: best.name, ...versionOf(request, versions) });
        expect(match?.params).toEqual(best.params);
        seen[rival ? 'tied' : 'found'] += 1;
      }
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
  });

  it('report ambiguities with an example that both routes match', () => {
    let reported = 0;
    for (let round = 0; round < 300; round++) {
      const versions = random() < 0.5 ? VERSIONS : undefined;
      const entries = Array.from({ length: 20 }, (_, index) => randomEntry(index, versions !== undefined));
      for (const { route, ambiguity } of new RouteTable(entries, versions).mistakes) {
        if (!ambiguity) throw new Error('these tables have no other mistakes');
        const matching = hits(entries, ambiguity.example, versions).filter(({ methodFits }) => methodFits);
        const pair = [ambiguity.with, route].map((name) => matching.filter((hit) => hit.name === name));
        expect(pair[0]?.some((first) => pair[1]?.some((second) => compare(first, second) === 0))).toBe(true);
        reported += 1;
      }
    }
    expect(reported).toBeGreaterThan(100);
  });
});

describe('random request targets', () => {
  const PARTS = ['/', '/', '.', '.', '%', '2', 'e', 'E', 'F', '5', 'c', ';', '\\', 'a', 'b', '?', '#', '\u0000', ' ', '\u00c3', '\u00a9', '%2e', '%2F', '%25', '%41', '%c3%a9'];

  it('come to rest at once, without anything a service could read otherwise', () => {
    const random = seededRandom(7);
    let accepted = 0;
    for (let round = 0; round < 20_000; round++) {
      const target = `/${Array.from({ length: Math.floor(random() * 9) }, () => PARTS[Math.floor(random() * PARTS.length)]).join('')}`;
      const result = normalisePath(target);
      if (result.unsafe !== null) continue;
      accepted += 1;
      const clean = /^\/(?:[!-$&-.0-[\]-~]|%[0-9A-F]{2}|(?<!\/)\/)*$/.test(result.path)
        && !/%2F|%5C|%00|%41|%2E/.test(result.path)
        && !result.path.split('/').some((segment) => /^\.{1,2}(?:;|$)/.test(segment));
      if (!clean) throw new Error(`${JSON.stringify(target)} became ${JSON.stringify(result.path)}`);
      expect(normalisePath(result.path + result.query)).toEqual(result);
    }
    expect(accepted).toBeGreaterThan(2_000);
  });
});
