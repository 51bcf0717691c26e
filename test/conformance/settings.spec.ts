import { hangsUp, ok, says, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, notStored, pause, reuses, stored, validates, type Case } from './support/steps.js';

const OLD = 'Last-Modified: Tue, 04 Feb 2020 10:00:00 GMT';
const TAG = 'ETag: "a"';
const heuristic = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501];
const others = [201, 202, 302, 303, 307, 400, 403, 500, 503, 299];

/** What the route adds holds only where the response says nothing. */
const sayNo: readonly Case[] = [
  ...['no-store', 'no-cache', 'private', 'max-age=0', 's-maxage=0', 'max-age=600, s-maxage=0', 'private, max-age=600', 'no-store="x"'].map((value) => notStored(value, '9111 5.2.2', [`Cache-Control: ${value}`, OLD])),
  ...['max-age=abc', 'max-age=-1', 's-maxage=1.5', 'max-age'].map((value) => notStored(value, '9111 4.2.1', [`Cache-Control: ${value}`, OLD], 'should')),
  ...['Expires: 0', 'Expires: -1', 'Expires:', 'Expires: {now-60}', 'Expires: never'].map((line) => notStored(line, '9111 5.3', [line, OLD])),
  notStored('a lifetime that is over', '9111 4.2.2', ['Cache-Control: max-age=60', 'Age: 100', OLD]),
  notStored('Vary: *', '9111 4.1', ['Vary: *', OLD]),
  notStored('CDN-Cache-Control: no-store', '9213 2.2', ['CDN-Cache-Control: no-store', OLD]),
  notStored('a 206', '9111 3.3', says(206, 'Content-Range: bytes 0-7/9', OLD)),
  {
    name: 'Authorization', rfc: '9111 3.5', level: 'must',
    steps: [asks(ok(OLD), { send: ['Authorization: Basic YTph'] }), asks(ok())],
  },
  {
    name: 'no-store of the request', rfc: '9111 5.2.1.5', level: 'must',
    steps: [asks(ok(OLD), { send: ['Cache-Control: no-store'] }), asks(ok())],
  },
  {
    name: 'a body that breaks off', rfc: '9111 3.3', level: 'must',
    steps: [asks({ ...ok(OLD), framing: 'cut' }, { broken: true }), asks(ok())],
  },
  { name: 'POST', rfc: '9111 4', level: 'must', steps: [asks(ok(OLD), { method: 'POST' }), asks(ok())] },
];

conformance('RFC 9111 4.2.2: heuristics, where a route asks for them', {
  'it has a lifetime of its own, or may have none': sayNo,
  'what it is guessed for': [
    ...heuristic.map((status) => stored(String(status), '9111 4.2.2', says(status, OLD), 'may', { status })),
    ...others.map((status) => notStored(String(status), '9111 4.2.2', says(status, OLD))),
    stored('302 that is marked public', '9111 4.2.2', says(302, OLD, 'Cache-Control: public'), 'may', { status: 302 }),
    stored('a directive that says nothing of freshness', '9111 4.2.2', [OLD, 'Cache-Control: odd'], 'may'),
    notStored('without Last-Modified', '9111 4.2.2', [], 'may'),
    notStored('a Last-Modified that is no date', '9111 4.2.2', ['Last-Modified: odd'], 'should'),
    notStored('a Last-Modified that is its Date', '9111 4.2.2', ['Last-Modified: {now}', 'Date: {now}'], 'should'),
    notStored('a Last-Modified after its Date', '9111 4.2.2', ['Last-Modified: {now+600}'], 'should'),
    notStored('a tenth of the time is over', '9111 4.2.2', ['Last-Modified: {now-600}', 'Age: 100'], 'should'),
    stored('a tenth of the time is not over', '9111 4.2.2', ['Last-Modified: {now-6000}', 'Age: 100'], 'may'),
    notStored('a day at most', '9111 4.2.2', [OLD, 'Age: 86401'], 'may'),
    { name: 'an explicit lifetime is no longer for that', rfc: '9111 4.2.2', level: 'must', steps: [asks(ok('Cache-Control: max-age=1', OLD)), pause(1_300), asks(ok())] },
  ],
}, '{ heuristic: 10% }');

conformance('RFC 9111 3 and 4: a lifetime that a route gives', {
  'it has one of its own, or may have none': sayNo,
  'what it is given to': [
    stored('nothing said', '9111 4.2.2', [], 'may'),
    stored('301', '9111 4.2.2', says(301), 'may', { status: 301 }),
    notStored('302', '9111 4.2.2', says(302), 'may'),
    notStored('500', '9111 3', says(500), 'may'),
    stored('404, by `negative`', '9111 4.2.2', says(404), 'may', { status: 404 }),
    notStored('404, by `negative`, that says no', '9111 5.2.2.5', says(404, 'Cache-Control: no-store')),
    { name: 'its own is shorter', rfc: '9111 4.2.1', level: 'must', steps: [asks(ok('Cache-Control: max-age=1')), pause(1_300), asks(ok())] },
    { name: 'it is validated when it is over', rfc: '9111 4.3', level: 'must', steps: [asks(ok('Age: 700', TAG)), validates(unchanged(TAG))] },
  ],
}, '{ maxAge: 10m, negative: { 404: 1m } }');

const stale = (directives: string, ...lines: string[]) => ok(`Cache-Control: ${directives}`, 'Age: 20', TAG, ...lines);
const forbidden = ['must-revalidate', 'proxy-revalidate', 'no-cache'];

conformance('RFC 9111 4.2.4: stale responses, where a route allows them', {
  'the origin is away, or fails': [
    { name: 'a response that says nothing, and no answer', rfc: '9111 4.2.4', level: 'may', steps: [asks(stale('max-age=10')), asks(hangsUp, { status: 200, text: 'answer 1', has: { age: [20, 30] } })] },
    { name: 'a response that says nothing, and 503', rfc: '9111 4.2.4', level: 'may', steps: [asks(stale('max-age=10')), asks(says(503), { status: 200, text: 'answer 1' })] },
    { name: '404 is no failure', rfc: '5861 4', level: 'should', steps: [asks(stale('max-age=10')), asks(says(404))] },
    { name: 'beyond what the route allows', rfc: '9111 4.2.4', level: 'must', steps: [asks(ok('Cache-Control: max-age=10', 'Age: 1000', TAG)), asks(hangsUp, { status: 502 })] },
    ...forbidden.flatMap((directive): Case[] => [
      { name: `${directive}, and no answer`, rfc: '9111 4.2.4', level: 'must', steps: [asks(stale(`max-age=10, ${directive}`)), asks(hangsUp, { status: 502 })] },
      { name: `${directive}, and 503`, rfc: '9111 4.2.4', level: 'must', steps: [asks(stale(`max-age=10, ${directive}`)), asks(says(503))] },
    ]),
    { name: 's-maxage, and no answer', rfc: '9111 5.2.2.10', level: 'must', steps: [asks(stale('s-maxage=10')), asks(hangsUp, { status: 502 })] },
    { name: 's-maxage, and 503', rfc: '9111 5.2.2.10', level: 'must', steps: [asks(stale('s-maxage=10')), asks(says(503))] },
    { name: 'what an unsafe request made invalid', rfc: '9111 4.4', level: 'must', steps: [asks(stale('max-age=10')), asks(ok(), { method: 'POST' }), asks(hangsUp, { status: 502 })] },
    { name: 'a client that wants it fresh', rfc: '9111 5.2.1.4', level: 'should', steps: [asks(stale('max-age=10')), asks(says(503), { send: ['Cache-Control: no-cache'] })] },
  ],
}, '{ staleIfError: 5m }');

conformance('RFC 5861 3: stale-while-revalidate of a route', {
  'behind the client': [
    { name: 'a response that says nothing', rfc: '9111 4.2.4', level: 'may', steps: [asks(stale('max-age=10')), reuses({ behind: ok('Cache-Control: max-age=60') }), pause(400), reuses({ of: 2 })] },
    { name: 'beyond what the route allows', rfc: '9111 4.2.4', level: 'must', steps: [asks(ok('Cache-Control: max-age=10', 'Age: 1000', TAG)), asks(ok())] },
    ...forbidden.map((directive): Case => ({ name: directive, rfc: '9111 4.2.4', level: 'must', steps: [asks(stale(`max-age=10, ${directive}`)), asks(ok())] })),
    { name: 's-maxage', rfc: '9111 5.2.2.10', level: 'must', steps: [asks(stale('s-maxage=10')), asks(ok())] },
    { name: 'a client that wants it fresh', rfc: '9111 5.2.1.4', level: 'should', steps: [asks(stale('max-age=10')), asks(ok(), { send: ['Cache-Control: no-cache'] })] },
  ],
}, '{ staleWhileRevalidate: 5m }');
