import { RouteTable } from './route-table.js';
import type { RouteEntry, RouteRequest, VersionsSpec } from './types.js';

const entries: RouteEntry<null>[] = [
  { name: 'users', head: true, value: null, match: { path: ['/users/**'] } },
  { name: 'users2', head: true, value: null, match: { path: ['/users/**'], version: ['v2'] } },
  { name: 'old', head: true, value: null, match: { path: ['/old'], version: ['v1'] } },
  { name: 'root', head: true, value: null, match: { path: ['/'] } },
];
const names = ['v1', 'v2'];

describe('versions', () => {
  it.each<[Partial<VersionsSpec>, string, Record<string, string>, string | null]>([
    [{}, '/v1/users/7', {}, 'users v1 /users/7'],
    [{}, '/v2/users/7', {}, 'users2 v2 /users/7'],
    [{}, '/v1', {}, 'root v1 /'],
    [{}, '/v1/', {}, 'root v1 /'],
    [{}, '/v3/users', {}, null],
    [{}, '/v1x/users', {}, null],
    [{}, '/users', {}, 'users - /users'],
    [{}, '/old', {}, null],
    [{}, '/v2/old', {}, null],
    [{}, '/v1/v2/users', {}, null],
    [{ default: 'v1' }, '/old', {}, 'old v1 /old'],
    [{ default: 'v2' }, '/users', {}, 'users2 v2 /users'],
    [{ prefix: false }, '/v1/users', {}, null],
    [{ header: 'X-Version' }, '/users', { 'x-version': 'v2' }, 'users2 v2 /users'],
    [{ header: 'X-Version' }, '/v1/users', { 'x-version': 'v2' }, 'users v1 /users'],
    [{ header: 'X-Version', default: 'v1' }, '/users', { 'x-version': 'v9' }, null],
    [{ header: 'X-Version', mediaType: 'version' }, '/users', { 'x-version': 'v1', accept: 'a/b; version=v2' }, 'users v1 /users'],
    [{ mediaType: 'version' }, '/users', { accept: 'application/json; version=v2' }, 'users2 v2 /users'],
    [{ mediaType: 'version' }, '/users', { accept: 'a/b;q=0.5;VERSION="v2", c/d' }, 'users2 v2 /users'],
    [{ mediaType: 'version' }, '/users', { accept: 'a/b; version=9, a/b; version=v1' }, 'users v1 /users'],
    [{ mediaType: 'version', default: 'v1' }, '/users', { accept: 'a/b; version=9' }, null],
    [{ mediaType: 'version', default: 'v1' }, '/users', { accept: 'a/b; x-version=v2' }, 'users v1 /users'],
    [{ mediaType: 'v.1' }, '/users', { accept: 'a/b; vx1=v2' }, 'users - /users'],
  ])('%j: %s with %j is %j', (spec, path, headers, found) => {
    const table = new RouteTable(entries, { names, prefix: true, ...spec });
    expect(table.mistakes).toEqual([]);
    const request: RouteRequest = { method: 'GET', path, query: '', host: '', headers };
    const match = table.find(request);
    expect(match && `${match.name} ${match.version ?? '-'} ${match.path}`).toBe(found);
    expect(table.explain(request).winner).toBe(match?.name ?? null);
    if (match === null) expect(table.allow(request)).toEqual([]);
  });

  it('leave the path below the prefix for methods and parameters too', () => {
    const table = new RouteTable([{ name: 'r', head: true, value: null, match: { path: ['/a/:x'], methods: ['GET'] } }], { names, prefix: true });
    const request = { path: '/v1/a/1', query: '', host: '', headers: {} };
    expect(table.find({ ...request, method: 'GET' })).toMatchObject({ params: { x: '1' }, path: '/a/1', version: 'v1' });
    expect(table.allow({ ...request, method: 'PUT' })).toEqual(['GET', 'HEAD', 'OPTIONS']);
  });
});
