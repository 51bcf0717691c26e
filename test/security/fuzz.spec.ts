import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type Exchange, type Target } from '#libs/kernel';
import { seededRandom } from '#libs/testing';
import { FrontDoor } from '../../src/http/front-door.js';
import { gateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';
import { socketService } from '../support/websocket.js';

const CASES = 3_000;
const AT_ONCE = 25;

const FILE = `
server: { timeout: { header: 1s, body: 1s } }
${USERS}
defaults: { cors: { origins: [ "https://*.example.org" ] }, body: { limit: 20KiB }, timeout: { total: 3s } }
routes:
  guarded: { match: { path: /guarded/** }, to: echo }
  written: { match: { path: /written/:id }, to: echo, authenticate: none, path: { template: "/w/{id}" }, headers: { request: { set: { X-Copy: "{request.header.x-a}{request.query.q}" } } } }
  followed: { match: { path: /followed/** }, to: echo, authenticate: none, redirects: follow }
  all: { match: { path: /** }, to: echo, authenticate: none }
`;

type Pick = <T>(list: readonly T[]) => T;

const METHODS = ['GET', 'GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'CONNECT', 'PROPFIND', 'TRACE', 'get', 'PRI', ''];
const TARGETS = ['/', '/a', '/guarded/x', '/written/1', '/written/%C3%A9', '/followed/x', '/written/..', '//', '/a/../../b', '/%2e%2e/', '/%00', '/?q=%0d%0aX:1', '*', 'http://b/x', 'http://@/', '/a b', '/é', '/health', '/metrics', '/docs', '/guarded/x?token=eyJ', ''];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2', ''];
const FIELDS = [
  'Host: a', 'Host: a', 'Host: a', 'Host: a:1', 'Host: b@a', 'Host:', 'Connection: close', 'Connection: keep-alive, x-a', 'Connection: Upgrade', 'Upgrade: websocket', 'Upgrade: h2c',
  'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==', 'Sec-WebSocket-Version: 13', 'Content-Length: 5', 'Content-Length: 0', 'Content-Length: 99999', 'Content-Length: -1', 'Content-Length: +5',
  'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding : chunked', 'Expect: 100-continue', 'Expect: x', 'TE: trailers', 'Trailer: X-T', 'X-A: \xe9\xff', 'X-A: é', 'X-A: a\x00', 'X-A: \r\n b',
  '__proto__: 1', 'constructor: 1', 'X_User_ID: 1', '!#$%&: 1', ': 1', 'Origin: https://a.example.org', 'Origin: null', 'Access-Control-Request-Method: GET', 'Access-Control-Request-Headers: x', 'Accept-Encoding: gzip;q=x, br',
  'Accept-Encoding: zstd', 'Authorization: Bearer x', 'Authorization: Bearer ', 'Cookie: a=1; a=1', 'X-Forwarded-For: ,', 'Forwarded: for=', 'Via: 1.1 passerelle', 'traceparent: 00-x', 'Range: bytes=0-', `X-Long: ${'x'.repeat(9_000)}`,
];
const BODIES = ['', '', 'abcde', '5\r\nabcde\r\n0\r\n\r\n', '5\r\nabcde\r\n0\r\nX-T: 1\r\n\r\n', 'zz\r\n', '7fffffff\r\nabc', `6000\r\n${'x'.repeat(0x6000)}\r\n0\r\n\r\n`, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', '\x81\x85\0\0\0\0hello', '\x00\xff\x16\x03'];

function request(pick: Pick, random: () => number, bearer: string): string {
  const fields = Array.from({ length: Math.floor(random() * 7) }, () => pick(FIELDS));
  if (random() < 0.8) fields.unshift('Host: a');
  if (random() < 0.2) fields.push(`Authorization: Bearer ${bearer}`);
  if (random() < 0.2) fields.push('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==', 'Sec-WebSocket-Version: 13');
  return `${pick(METHODS)} ${pick(TARGETS)} ${pick(VERSIONS)}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n${pick(BODIES)}`;
}

function noise(random: () => number): string {
  return String.fromCharCode(...Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256)));
}

/** Sends a case in one or two pieces, and leaves: in peace, by a reset, or when the gateway has had enough. */
function attack(port: number, bytes: Buffer, random: () => number): Promise<void> {
  const [cut, wait, manner] = [Math.floor(random() * bytes.length), random() * 20, random()];
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {}).on('close', () => resolve());
    if (manner < 0.9) socket.resume();
    socket.write(bytes.subarray(0, cut));
    setTimeout(() => {
      if (manner < 0.8) socket.write(bytes.subarray(cut));
      setTimeout(() => (manner < 0.4 ? socket.resetAndDestroy() : socket.destroy()), wait);
    }, manner < 0.2 ? wait : 0);
  });
}

it(`survives ${CASES} hostile connections, and forgets them`, async () => {
  const random = seededRandom(20_260_101);
  const pick: Pick = (list) => list[Math.floor(random() * list.length)] as (typeof list)[number];
  const targets = new Set<Target>();
  const problems = new Map<string, unknown>();
  const unsubscribe = events.exchangeClosed.subscribe(({ problem, target }: Exchange) => {
    if (target) targets.add(target);
    if (problem) problems.set(problem.type.code, problem.extras.cause);
  });
  await using gw = await gateway(FILE, { echo: await socketService() });
  const door = gw.gateway.app.get(FrontDoor);
  const bearer = await token({ sub: '7' });
  let left = CASES;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const text = random() < 0.1 ? noise(random) : Array.from({ length: 1 + Math.floor(random() * random() * 5) }, () => request(pick, random, bearer)).join('');
      await attack(gw.port, Buffer.from(text, 'latin1'), random);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (let i = 0; i < 200 && (door.active > 0 || [...targets].some(({ inFlight }) => inFlight > 0)); i++) await sleep(100);
  unsubscribe();
  expect([...targets].map(({ inFlight }) => inFlight)).toEqual([0]);
  expect(door.active).toBe(0);
  // A fault of our own would be one that nobody thought of.
  expect(problems.get('internal-error')).toBeUndefined();
  expect([...problems.keys()]).toEqual(expect.arrayContaining(['client-closed-request', 'malformed-request', 'unauthenticated', 'unsafe-path']));
  expect((await gw.fetch('/alive')).status).toBe(200);
}, 180_000);
