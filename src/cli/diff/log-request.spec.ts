import { cpuTime } from '#libs/testing';
import { readLine, type ReadLine } from './log-request.js';

const read = (line: string | Buffer): ReadLine => readLine(Buffer.from(line as string));
const NGINX = '192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /a?b=1 HTTP/1.1" 200 2326 "https://x.org/" "Mozilla/5.0 (X11)"';

describe('readLine', () => {
  it.each<[string, string | Buffer, object]>([
    ['our own', '{"time":"2025-10-10T13:55:36.000Z","level":"info","msg":"request","requestId":"1","client":"::1","method":"PUT","path":"/a?b=1","route":"all","service":"s","target":"t","subject":"7","authenticator":"users","status":200,"upgrade":"websocket","userAgent":"x","headers":{"host":"a.org","x-a":"1"}}',
      { method: 'PUT', target: '/a?b=1', host: 'a.org', upgrade: true, caller: { id: '7', authenticator: 'users' }, route: 'all', forwarded: true, headers: { 'user-agent': 'x', 'x-a': '1' } }],
    ['one that was refused, behind a container’s name', 'gateway-1  | {"level":"info","msg":"request","method":"GET","path":"/a","route":"(unmatched)","status":404}',
      { method: 'GET', target: '/a', host: '', upgrade: false, caller: null, route: '(unmatched)', forwarded: false, headers: {} }],
    ['nginx, combined', NGINX, { method: 'GET', target: '/a?b=1', host: '', caller: null, route: null, forwarded: null, headers: { referer: 'https://x.org/', 'user-agent': 'Mozilla/5.0 (X11)' } }],
    ['common', '::1 - anna [10/Oct/2025:13:55:36 +0000] "POST /a HTTP/1.0" 201 -', { method: 'POST', caller: { id: 'anna', authenticator: null }, headers: {} }],
    ['a user with a blank', '::1 - anna b [10/Oct/2025:13:55:36 +0000] "POST /a HTTP/1.0" 201 -', { caller: { id: 'anna b' }, host: '' }],
    ['a virtual host in front', `a.org:443 ${NGINX}`, { host: 'a.org:443', target: '/a?b=1', caller: null }],
    ['a WebSocket', NGINX.replace('" 200', '" 101'), { upgrade: true }],
    ['more fields behind', `${NGINX} "192.0.2.1" 0.003`, { target: '/a?b=1' }],
    ['no version', NGINX.replace(' HTTP/1.1', ''), { target: '/a?b=1' }],
    ['an address', NGINX.replace('/a?b=1', 'http://a.org/a'), { target: 'http://a.org/a' }],
    ['escapes', NGINX.replace('/a?b=1', String.raw`/caf\xC3\xA9/\"\\`), { target: '/caf\u00c3\u00a9/"\\' }],
    ['bytes as they came', Buffer.from(NGINX.replace('/a?b=1', '/caf\u00c3\u00a9'), 'latin1'), { target: '/caf\u00c3\u00a9' }],
    ['a quote in a field', NGINX.replace('Mozilla', String.raw`{\"a\" \"`), { headers: { 'user-agent': '{"a" "/5.0 (X11)', referer: 'https://x.org/' } }],
  ])('%s', (_what, line, expected) => expect(read(line)).toMatchObject(expected));

  it.each([
    ['{"level":"info","msg":"listening","url":"http://127.0.0.1:8000"}', 'other'],
    ['{"level":"error","msg":"The target cannot be reached","requestId":"1","method":"GET","path":"/a"}', 'other'],
    ['{"method":"GET","path":"/a"}', null],
    ['{"msg":', null],
    ['', null],
    ['Building Passerelle ...', null],
    [NGINX.replace('GET /a?b=1 HTTP/1.1', '-'), null],
    [NGINX.replace('GET /a?b=1 HTTP/1.1', String.raw`\x16\x03\x01`), null],
    [NGINX.replace('GET /a?b=1', 'GET a b'), null],
    [`${'x'.repeat(100_000)} [`, null],
    [`a - - [x] "${'\\'.repeat(100_001)}`, null],
    ['{"'.repeat(100_000), null],
  ])('%.60s is %j', (line, expected) => {
    expect(cpuTime(() => expect(read(line)).toBe(expected))).toBeLessThan(1_000);
  });
});
