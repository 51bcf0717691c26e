import { RouteTable } from './route-table.js';
import type { RouteEntry, RouteMatch, VersionsSpec } from './types.js';

const entry = (name: string, match: Partial<RouteMatch>, head = true): RouteEntry<number> => ({ name, value: 0, head, match: { path: ['/a/:id'], ...match } });

describe('patterns', () => {
  it.each<[Partial<RouteMatch>, (string | number)[], string]>([
    [{ path: ['/ok', '/a/**/b'] }, ['path', 1], 'the pattern "/a/**/b" has "**" elsewhere than as its last segment'],
    [{ path: ['/a/**/'] }, ['path', 0], 'the pattern "/a/**/" has "**" elsewhere than as its last segment'],
    [{ path: ['/a**'] }, ['path', 0], 'the pattern "/a**" has "**" elsewhere than as its last segment'],
    [{ path: ['/*/a'] }, ['path', 0], 'the pattern "/*/a" has "*": one segment is ":name", the rest is "**" (write %2A for a plain "*")'],
    [{ path: ['/:'] }, ['path', 0], 'the pattern "/:" has ":": a name is a letter, then letters, digits or "_" (write %3A for a plain ":")'],
    [{ path: ['/:a-b'] }, ['path', 0], 'the pattern "/:a-b" has ":a-b": a name is a letter, then letters, digits or "_" (write %3A for a plain ":")'],
    [{ path: ['/:__proto__'] }, ['path', 0], 'the pattern "/:__proto__" has ":__proto__": a name is a letter, then letters, digits or "_" (write %3A for a plain ":")'],
    [{ path: ['/:x/:x'] }, ['path', 0], 'the pattern "/:x/:x" captures "x" twice'],
    [{ path: ['/:rest/**'] }, ['path', 0], 'the pattern "/:rest/**" captures "rest" twice; "**" is captured as "rest"'],
    [{ path: ['/a?b'] }, ['path', 0], 'the pattern "/a?b" holds "?" or "#"; conditions on the query go under "query"'],
    [{ path: ['/a/../..'] }, ['path', 0], 'the pattern "/a/../.." can match no request: The path climbs above its root with "..".'],
    [{ path: ['/a%2Fb'] }, ['path', 0], 'the pattern "/a%2Fb" can match no request: The path holds a percent-encoded "/" or "\\" (%2F, %5C); some servers decode it.'],
    [{ path: ['http://x/a'] }, ['path', 0], 'the pattern "http://x/a" can match no request: a path starts with "/"'],
    [{ path: [] }, ['path'], 'a route needs at least one path pattern'],
    [{ hosts: ['x.org', 'http://x.org'] }, ['hosts', 1], '"http://x.org" is not a host name: expected api.example.org or *.example.org, without scheme and port'],
    [{ hosts: ['x.org:80'] }, ['hosts', 0], '"x.org:80" is not a host name: expected api.example.org or *.example.org, without scheme and port'],
    [{ hosts: ['a.*.org'] }, ['hosts', 0], '"a.*.org" is not a host name: expected api.example.org or *.example.org, without scheme and port'],
    [{ version: ['v1'] }, ['version', 0], 'the file defines no "versions"'],
  ])('%j', (match, key, message) => {
    const { mistakes } = new RouteTable([entry('r', match)]);
    expect(mistakes).toEqual([{ route: 'r', key: ['match', ...key], message }]);
  });

  it('are all reported at once', () => {
    const { mistakes } = new RouteTable([entry('r', { path: ['/:', '/:x/:x'], hosts: [':'] }), entry('s', { path: ['/**/a'] })]);
    expect(mistakes.map(({ route, key }) => [route, ...key].join('.'))).toEqual(['r.match.path.0', 'r.match.path.1', 'r.match.hosts.0', 's.match.path.0']);
  });
});

describe('versions', () => {
  const versions: VersionsSpec = { names: ['v1', 'v2'], prefix: true };

  it.each<[Partial<RouteMatch>, VersionsSpec, string]>([
    [{ version: ['v1', 'v3'] }, versions, '"v3" is not among the versions v1, v2'],
    [{ path: ['/v1/a'] }, versions, 'the pattern "/v1/a" starts with the version v1, which is taken off before routes are looked at: leave it out and say "version: v1"'],
    [{}, { ...versions, default: 'v3' }, 'the default version "v3" is not among v1, v2'],
  ])('%j', (match, spec, message) => {
    expect(new RouteTable([entry('r', match)], spec).mistakes.map((mistake) => mistake.message)).toEqual([message]);
  });

  it('may start a pattern when they are no prefixes', () => {
    expect(new RouteTable([entry('r', { path: ['/v1/a'] })], { ...versions, prefix: false }).mistakes).toEqual([]);
  });
});

describe('ambiguity', () => {
  const TAIL = ' and nothing decides between them: give them different methods, conditions or priorities';

  it.each<[string, Partial<RouteMatch>, Partial<RouteMatch>, string]>([
    ['same shape', {}, { path: ['/a/:other'] }, 'GET /a/id'],
    ['shared method', { methods: ['PUT', 'POST'] }, { methods: ['GET', 'POST'] }, 'POST /a/id'],
    ['HEAD that comes with GET', { methods: ['GET'] }, { methods: ['HEAD'] }, 'HEAD /a/id'],
    ['same host', { hosts: ['x.org', 'y.org'] }, { hosts: ['z.org', 'Y.org'] }, 'GET http://y.org/a/id'],
    ['same wildcard', { hosts: ['*.org'] }, { hosts: ['*.org'] }, 'GET http://any.org/a/id'],
    ['one of several patterns', { path: ['/x', '/y/**'] }, { path: ['/z', '/y/**'] }, 'GET /y'],
    ['exact is the bare prefix', { path: ['/a/**'], prefix: 'exact' }, { path: ['/a/'] }, 'GET /a'],
    ['same string prefix', { path: ['/a/**'], prefix: 'string' }, { path: ['/a/**'], prefix: 'string' }, 'GET /a'],
    ['strict slashes', { path: ['/a/'], trailingSlash: 'strict' }, { path: ['/a/'], trailingSlash: 'strict' }, 'GET /a/'],
    ['conditions that go together', { headers: { 'x-a': '1' } }, { headers: { 'x-b': true } }, 'GET /a/id with x-a: 1, x-b: x'],
    ['header and query', { headers: { 'x-a': '1' } }, { query: { q: 'b c' } }, 'GET /a/id?q=b+c with x-a: 1'],
    ['a common value', { headers: { 'x-a': { equals: ['1', '2'] } } }, { headers: { 'x-a': { equals: ['2', '3'] } } }, 'GET /a/id with x-a: 2'],
    ['one prefix in the other', { headers: { 'x-a': { prefix: 'ab' } } }, { headers: { 'x-a': { prefix: 'a' } } }, 'GET /a/id with x-a: ab'],
    ['a value that matches', { headers: { 'x-a': { matches: '\\d' } } }, { headers: { 'x-a': { equals: ['x', '7'] } } }, 'GET /a/id with x-a: 7'],
    ['expressions', { headers: { 'x-a': { matches: 'abc' } } }, { headers: { 'x-a': { matches: 'a.c' } } }, 'GET /a/id with a header x-a that both accept'],
    ['both absent', { query: { q: false } }, { query: { q: false } }, 'GET /a/id'],
  ])('%s', (_, first, second, example) => {
    const { mistakes } = new RouteTable([entry('one', first), entry('two', second)]);
    expect(mistakes).toEqual([{
      route: 'two', key: ['match'], message: `routes "one" and "two" both match ${example}${TAIL}`,
      ambiguity: { with: 'one', example: expect.anything() },
    }]);
  });

  it.each<[string, Partial<RouteMatch>, Partial<RouteMatch>, boolean?]>([
    ['methods', { methods: ['GET'] }, { methods: ['POST'] }],
    ['HEAD of its own', { methods: ['GET'] }, { methods: ['HEAD'] }, false],
    ['hosts', { hosts: ['x.org'] }, { hosts: ['y.org'] }],
    ['priority', { priority: 1 }, {}],
    ['values', { headers: { 'x-a': '1' } }, { headers: { 'X-A': '2' } }],
    ['presence', { query: { q: true } }, { query: { q: false } }],
    ['prefixes', { headers: { 'x-a': { prefix: 'a' } } }, { headers: { 'x-a': { prefix: 'b' } } }],
    ['a value that does not match', { headers: { 'x-a': { matches: '\\d' } } }, { headers: { 'x-a': 'x' } }],
    ['slashes', { path: ['/a'], trailingSlash: 'strict' }, { path: ['/a/'], trailingSlash: 'strict' }],
    ['shapes', { path: ['/a/:x/c'] }, { path: ['/a/b/**'] }],
    ['its own other pattern', { path: ['/a/:x', '/a/:y'] }, { path: ['/b'] }],
  ])('is none with different %s', (_, first, second, head = true) => {
    expect(new RouteTable([entry('one', first, head), entry('two', second)]).mistakes).toEqual([]);
  });

  it('of versions names one that both serve', () => {
    const routes = [entry('one', { version: ['v1', 'v2'] }), entry('two', { version: ['v2', 'v3'] }), entry('all', {}), entry('other', { version: ['v4'] })];
    const names = ['v1', 'v2', 'v3', 'v4'];
    const example = (spec: Partial<VersionsSpec>) => new RouteTable(routes, { names, prefix: false, ...spec }).mistakes.map(({ message }) => message.replace(TAIL, ''));
    expect(example({ prefix: true })).toEqual(['routes "one" and "two" both match GET /v2/a/id']);
    expect(example({ header: 'X-V' })).toEqual(['routes "one" and "two" both match GET /a/id with x-v: v2']);
    expect(example({ mediaType: 'v' })).toEqual(['routes "one" and "two" both match GET /a/id with accept: */*; v=v2']);
  });

  it('is told once for a pair', () => {
    const twice = { path: ['/a', '/b'], hosts: ['x.org', 'y.org'] };
    expect(new RouteTable([entry('one', twice), entry('two', twice)]).mistakes).toHaveLength(1);
  });
});
