import { hangsUp, ok, says } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, pause, reuses, type Case, type Level, type More } from './support/steps.js';

const FRESH = 'Cache-Control: max-age=60';
const post = (path = ''): More => ({ method: 'POST', content: 'x', path });

/** A stored response is not used again after this. */
const ends = (name: string, answer: ReturnType<typeof ok>, more: More = post(), level: Level = 'must'): Case =>
  ({ name, rfc: '9111 4.4', level, steps: [asks(ok(FRESH)), asks(answer, more), asks(ok())] });

/** It is, for it has nothing to do with this. */
const leaves = (name: string, answer: ReturnType<typeof ok>, more: More = post(), level: Level = 'should'): Case =>
  ({ name, rfc: '9111 4.4', level, steps: [asks(ok(FRESH)), asks(answer, more), reuses({ of: 1 })] });

const targets: readonly Case[] = [
  ...['POST', 'PUT', 'DELETE', 'PATCH', 'LOCK', 'MKCOL', 'PROPPATCH', 'MERGE', 'NOTIFY', 'PURGE'].map((method) => ends(method, ok(), { method })),
  ...[201, 202, 204, 205, 299, 300, 301, 302, 303, 307, 308].map((status) => ends(`POST that got ${status}`, says(status))),
  ...[400, 401, 403, 404, 409, 412, 422, 429, 500, 503].map((status) => leaves(`POST that got ${status}`, says(status))),
  { name: 'POST that got no answer', rfc: '9111 4.4', level: 'may', steps: [asks(ok(FRESH)), asks(hangsUp, { ...post(), status: 502 }), either(ok(), { of: 1 })] },
  leaves('OPTIONS, which is safe', ok(), { method: 'OPTIONS' }),
  ...['PROPFIND', 'REPORT', 'SEARCH'].map((method): Case => ({ name: `${method}, which is safe, if one knows it`, rfc: '9111 4.4', level: 'may', steps: [asks(ok(FRESH)), asks(ok(), { method }), either(ok(), { of: 1 })] })),
  leaves('POST to another path', ok(), post('/else')),
  { name: 'POST to a path that another one begins with', rfc: '9111 4.4', level: 'should', steps: [asks(ok(FRESH), { path: '/ab' }), asks(ok(), post('/a')), reuses({ path: '/ab', of: 1 })] },
  { name: 'POST with a query', rfc: '9111 4.4', level: 'may', steps: [asks(ok(FRESH)), asks(ok(), post('?a=1')), either(ok(), { of: 1 })] },
  ends('POST with cookies', ok(), { ...post(), send: ['Cookie: a=1'] }),
  ends('POST with Authorization', ok(), { ...post(), send: ['Authorization: Basic YTph'] }),
  ends('POST with no-store', ok(), { ...post(), send: ['Cache-Control: no-store'] }),
  ends('POST that got no-store', ok('Cache-Control: no-store')),
  ends('POST that got a lifetime', ok(FRESH)),
  ends('POST whose answer breaks off', { ...ok(), framing: 'cut' }, { ...post(), broken: true }),
  {
    name: 'a query of its own', rfc: '9111 4.4', level: 'must',
    steps: [asks(ok(FRESH), { path: '?a=1' }), asks(ok(), post('?a=1')), asks(ok(), { path: '?a=1' })],
  },
  {
    name: 'all variants', rfc: '9111 4.4', level: 'must',
    steps: [asks(ok(FRESH, 'Vary: X-A'), { send: ['X-A: 1'] }), asks(ok(FRESH, 'Vary: X-A'), { send: ['X-A: 2'] }), asks(ok(), { ...post(), send: ['X-A: 3'] }),
      asks(ok(FRESH, 'Vary: X-A'), { send: ['X-A: 1'] }), asks(ok(FRESH, 'Vary: X-A'), { send: ['X-A: 2'] })],
  },
  {
    name: 'what is fetched after it is stored again', rfc: '9111 4.4', level: 'should',
    steps: [asks(ok(FRESH)), asks(ok(), post()), pause(20), asks(ok(FRESH)), reuses({ of: 3 })],
  },
  {
    name: 'what is invalid is not given stale either', rfc: '9111 4.4', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60, stale-while-revalidate=600, stale-if-error=600')), asks(ok(), post()), asks(says(503))],
  },
  {
    name: 'a stored error too', rfc: '9111 4.4', level: 'must',
    steps: [asks(says(404, FRESH)), asks(says(201), post()), asks(ok())],
  },
  {
    name: 'on another host nothing happens', rfc: '9111 4.4', level: 'must',
    steps: [asks(ok(FRESH), { send: ['Host: a.example'] }), asks(ok(), { ...post(), send: ['Host: b.example'] }), reuses({ of: 1, send: ['Host: a.example'] })],
  },
];

/** POST elsewhere names the URL of what is stored, in its answer. */
const named = (name: string, line: string, verdict: 'ends' | 'leaves', level: Level, status = 201): Case => ({
  name: `${name}: ${line}`, rfc: '9111 4.4', level,
  steps: [asks(ok(FRESH), { path: '/b' }), asks(says(status, line), post('/a')), verdict === 'ends' ? asks(ok(), { path: '/b' }) : reuses({ path: '/b', of: 1 })],
});

const names: readonly Case[] = [
  ...['Location', 'Content-Location'].flatMap((field) => [
    named('a path', `${field}: {path}/b`, 'ends', 'may'),
    named('a URL', `${field}: {gateway}{path}/b`, 'ends', 'may'),
    named('a relative reference', `${field}: b`, 'ends', 'may'),
    named('a fragment does not count', `${field}: {path}/b#c`, 'ends', 'may'),
    named('another host', `${field}: http://other.example{path}/b`, 'leaves', 'must'),
    named('another host, briefly', `${field}: //other.example{path}/b`, 'leaves', 'must'),
    named('another port', `${field}: http://127.0.0.1:1{path}/b`, 'leaves', 'must'),
    named('another scheme', `${field}: ftp://127.0.0.1{path}/b`, 'leaves', 'must'),
    named('another path', `${field}: {path}/c`, 'leaves', 'should'),
    named('no URL at all', `${field}: http://[`, 'leaves', 'should'),
    named('an error', `${field}: {path}/b`, 'leaves', 'should', 404),
  ]),
  {
    name: 'the answer to GET names nothing', rfc: '9111 4.4', level: 'should',
    steps: [asks(ok(FRESH), { path: '/b' }), asks(ok('Content-Location: {path}/b'), { path: '/a' }), reuses({ path: '/b', of: 1 })],
  },
];

const grouped = (path: string, groups: string) => asks(ok(FRESH, `Cache-Groups: ${groups}`), { path });
const invalidates = (groups: string, status = 200, method = 'POST') => asks(says(status, `Cache-Group-Invalidation: ${groups}`), { method, path: '/x' });
const group = (name: string, has: string, ends: string, verdict: 'ends' | 'leaves', level: Level, rfc = '9875 3'): Case =>
  ({ name, rfc, level, steps: [grouped('/a', has), invalidates(ends), verdict === 'ends' ? asks(ok(), { path: '/a' }) : reuses({ path: '/a', of: 1 })] });
const many = (last: string): string => [...Array.from({ length: 31 }, (_, i) => `"${'n'.repeat(20)}{path}-${i}"`), last].join(', ');

const groups: readonly Case[] = [
  group('the group it is in', '"g{path}"', '"g{path}"', 'ends', 'may'),
  group('another group', '"g{path}"', '"h{path}"', 'leaves', 'should'),
  group('one of its groups', '"g{path}", "h{path}"', '"h{path}"', 'ends', 'may'),
  group('one of several', '"h{path}"', '"g{path}","h{path}"', 'ends', 'may'),
  group('a group in another case', '"g{path}"', '"G{path}"', 'leaves', 'must', '9875 2.1'),
  group('a group that begins alike', '"g{path}"', '"g"', 'leaves', 'must', '9875 2.1'),
  group('parameters are ignored, there', '"g{path}";a=1', '"g{path}"', 'ends', 'may', '9875 2'),
  group('parameters are ignored, here', '"g{path}"', '"g{path}";a;b="c, d"', 'ends', 'may', '9875 3'),
  group('an escaped quote', '"g\\"{path}"', '"g\\"{path}"', 'ends', 'may', '9875 2'),
  group('a comma in a group', '"g,{path}"', '"g,{path}"', 'ends', 'may', '9875 2'),
  group('a comma does not part one', '"g{path},h{path}"', '"h{path}"', 'leaves', 'must', '9875 2'),
  group('the last of 32, of 32 characters', many('"the-last-group-of-32{path}"'), '"the-last-group-of-32{path}"', 'ends', 'must', '9875 2'),
  group('the last of 32 to end', '"the-last-group-of-32{path}"', many('"the-last-group-of-32{path}"'), 'ends', 'must', '9875 3'),
  group('a list that cannot be read', '"g{path}"', '"g{path}', 'leaves', 'must', '9651 4.2'),
  group('a list that ends in a comma', '"g{path}"', '"g{path}",', 'leaves', 'must', '9651 4.2'),
  {
    name: 'two that share a group', rfc: '9875 3', level: 'may',
    steps: [grouped('/a', '"g{path}"'), grouped('/b', '"g{path}"'), invalidates('"g{path}"'), asks(ok(), { path: '/a' }), asks(ok(), { path: '/b' })],
  },
  {
    name: 'it does not spread over what else they are in', rfc: '9875 2.2.1', level: 'should',
    steps: [grouped('/a', '"g{path}", "h{path}"'), grouped('/b', '"h{path}"'), invalidates('"g{path}"'), reuses({ path: '/b', of: 2 }), asks(ok(), { path: '/a' })],
  },
  {
    name: 'the answer to GET ends no group', rfc: '9875 3', level: 'must',
    steps: [grouped('/a', '"g{path}"'), invalidates('"g{path}"', 200, 'GET'), reuses({ path: '/a', of: 1 })],
  },
  {
    name: 'nor does that to HEAD and OPTIONS', rfc: '9875 3', level: 'must',
    steps: [grouped('/a', '"g{path}"'), invalidates('"g{path}"', 200, 'HEAD'), invalidates('"g{path}"', 200, 'OPTIONS'), reuses({ path: '/a', of: 1 })],
  },
  {
    name: 'a group belongs to one origin', rfc: '9875 2.1', level: 'must',
    steps: [
      asks(ok(FRESH, 'Cache-Groups: "g{path}"'), { path: '/a', send: ['Host: a.example'] }),
      asks(ok('Cache-Group-Invalidation: "g{path}"'), { method: 'POST', path: '/x', send: ['Host: b.example'] }),
      reuses({ path: '/a', of: 1, send: ['Host: a.example'] }),
    ],
  },
  {
    name: 'two lines are one list', rfc: '9875 2', level: 'must',
    steps: [asks(ok(FRESH, 'Cache-Groups: "g{path}"', 'Cache-Groups: "h{path}"'), { path: '/a' }), invalidates('"h{path}"'), asks(ok(), { path: '/a' })],
  },
  {
    name: 'what is stored after it is in the group again', rfc: '9875 3', level: 'should',
    steps: [grouped('/a', '"g{path}"'), invalidates('"g{path}"'), pause(20), grouped('/a', '"g{path}"'), reuses({ path: '/a', of: 3 }), invalidates('"g{path}"'), asks(ok(), { path: '/a' })],
  },
  {
    name: 'both fields pass on', rfc: '9875 2', level: 'must',
    steps: [asks(ok(FRESH, 'Cache-Groups: "g{path}"'), { has: { 'cache-groups': '"g{path}"' } }), reuses({ has: { 'cache-groups': '"g{path}"' } })],
  },
];

conformance('RFC 9111 4.4, RFC 9875: invalidation', {
  '9111 4.4: invalidation': targets,
  '9111 4.4: other URLs': names,
  '9875: groups': groups,
});
