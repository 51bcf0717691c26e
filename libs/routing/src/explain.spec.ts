import { describeReason } from './reason.js';
import { RouteTable } from './route-table.js';
import type { RouteEntry, RouteMatch, RouteRequest } from './types.js';

const entry = (name: string, match: RouteMatch): RouteEntry<null> => ({ name, match, head: true, value: null });

const table = new RouteTable([
  entry('rest', { path: ['/**'] }),
  entry('users', { path: ['/api/users/:id'] }),
  entry('writers', { path: ['/api/users/:id'], methods: ['POST', 'PUT'] }),
  entry('beta', { path: ['/api/users/:id'], headers: { 'x-beta': { equals: ['1'] } } }),
  entry('first', { path: ['/api/users/:id'], priority: -1 }),
  entry('me', { path: ['/api/users/me/', '/me'], trailingSlash: 'strict' }),
  entry('v2', { path: ['/api/users/:id'], version: ['v2'] }),
  entry('deep', { path: ['/api/users/:id/posts'] }),
  entry('short', { path: ['/api'] }),
  entry('admin', { path: ['/api/users/:id'], hosts: ['*.admin.org'] }),
  entry('text', { path: ['/apis/**'], prefix: 'string' }),
], { names: ['v1', 'v2'], prefix: true });

const request = (path: string, part: Partial<RouteRequest> = {}): RouteRequest => ({ method: 'GET', path, query: '', host: 'x.org', headers: {}, ...part });

function told(asked: RouteRequest): string[] {
  return table.explain(asked).routes.map(({ name, reason }) => `${name}: ${reason === null ? 'won' : describeReason(reason)}`);
}

describe('explain', () => {
  it('tells of every route, in order of precedence, why it lost', () => {
    expect(table.mistakes).toEqual([]);
    expect(told(request('/api/users/me', { headers: { 'x-beta': 'secret' } }))).toEqual([
      'admin: host "x.org" is not *.admin.org',
      'short: path: segment 2 is "users", the pattern ends before it',
      'me: path: the pattern wants a slash at the end',
      'writers: method GET is not among POST, PUT',
      'v2: no version is asked for, the route serves v2',
      'beta: header x-beta is there but ought to equal "1"',
      'users: won',
      'first: priority -1 is below the 0 of "users"',
      'deep: path: segment 4 is missing, the pattern wants "posts"',
      'text: path: segment 1 is "api", the pattern wants "apis…"',
      'rest: less specific than "users" (path)',
    ]);
  });

  it.each<[RouteRequest, string, string]>([
    [request('/api/users/7'), 'beta', 'header x-beta is absent'],
    [request('/api/users/7', { method: 'PUT' }), 'users', 'less specific than "writers" (methods)'],
    [request('/v2/api/users/7'), 'users', 'less specific than "v2" (version)'],
    [request('/v1/api/users/7'), 'v2', 'version v1 is not among v2'],
    [request('/api/users/7', { headers: { 'x-beta': '1' } }), 'users', 'less specific than "beta" (conditions)'],
    [request('/api/users/7', { host: 'a.admin.org:8080' }), 'users', 'less specific than "admin" (host)'],
    [request('/api/users/me/'), 'me', 'won'],
    [request('/me/'), 'me', 'path: the pattern wants no slash at the end'],
    [request('*'), 'rest', 'path: segment 1 is "*", the pattern wants "/**"'],
  ])('%j: %s: %s', (asked, name, text) => {
    expect(told(asked)).toContain(`${name}: ${text}`);
    expect(table.explain(asked).winner).toBe(table.find(asked)?.name ?? null);
  });

  it('says of an ambiguous table which route came first', () => {
    const doubtful = new RouteTable([entry('one', { path: ['/a'] }), entry('two', { path: ['/a'] })]);
    const { routes } = doubtful.explain(request('/a'));
    expect(routes.map(({ outcome }) => outcome)).toEqual(['won', 'lost']);
    expect(describeReason(routes[1]?.reason ?? { kind: 'host', host: '', wants: '' })).toBe('ambiguous: "one" matches too and nothing decides');
  });

  it.each<[string, string | null]>([
    ['/api/user/7', '/api/users/:id'],
    ['/api/usres/7/posts', '/api/users/:id/posts'],
    ['/ap', '/api'],
    ['/completely/else', null],
    [`/${'x'.repeat(8_000)}`, null],
  ])('suggests for %.30s: %s', (path, nearest) => {
    const narrow = new RouteTable([entry('a', { path: ['/api'] }), entry('b', { path: ['/api/users/:id'] }), entry('c', { path: ['/api/users/:id/posts'] })]);
    expect(narrow.explain(request(path))).toMatchObject({ winner: null, allow: [], nearest });
  });

  it('gives the methods instead where the path exists', () => {
    const narrow = new RouteTable([entry('a', { path: ['/a'], methods: ['GET'] })]);
    expect(narrow.explain(request('/a', { method: 'PUT' }))).toMatchObject({ winner: null, allow: ['GET', 'HEAD', 'OPTIONS'], nearest: null });
  });
});
