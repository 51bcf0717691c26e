import { ok, says } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, notStored, reuses, stored, type Case } from './support/steps.js';

const FRESH = 'Cache-Control: max-age=60';

/** 9111 3: what may be stored at all. */
const whether: readonly Case[] = [
  stored('max-age', '9111 3', [FRESH]),
  stored('s-maxage', '9111 3', ['Cache-Control: s-maxage=60']),
  stored('Expires', '9111 3', ['Expires: {now+60}']),
  stored('public with a lifetime', '9111 3', ['Cache-Control: public, max-age=60']),
  stored('a validator does not hinder', '9111 3', [FRESH, 'ETag: "a"', 'Last-Modified: Tue, 04 Feb 2020 10:00:00 GMT']),
  notStored('without anything that says so', '9111 3', [], 'may'),
  notStored('public without a lifetime: no heuristics here', '9111 4.2.2', ['Cache-Control: public'], 'may'),
  notStored('Last-Modified alone: no heuristics here', '9111 4.2.2', ['Last-Modified: Tue, 04 Feb 2020 10:00:00 GMT'], 'may'),
  notStored('no-store', '9111 5.2.2.5', ['Cache-Control: no-store']),
  notStored('no-store after a lifetime', '9111 5.2.2.5', ['Cache-Control: max-age=60, no-store']),
  notStored('no-store before a lifetime', '9111 5.2.2.5', ['Cache-Control: no-store, max-age=60']),
  notStored('No-Store', '9111 5.2', ['Cache-Control: No-Store, max-age=60']),
  notStored('no-store in a second line', '9111 5.2.2.5', [FRESH, 'Cache-Control: no-store']),
  notStored('no-store in a first line', '9111 5.2.2.5', ['Cache-Control: no-store', FRESH]),
  notStored('no-store beside Expires', '9111 5.2.2.5', ['Cache-Control: no-store', 'Expires: {now+60}']),
  notStored('no-store beside public', '9111 5.2.2.5', ['Cache-Control: public, no-store, max-age=60']),
  notStored('no-store with an argument it has no use for', '9111 5.2', ['Cache-Control: no-store=1, max-age=60'], 'should'),
  notStored('no-store with blanks and empty members about it', '9111 5.2', ['Cache-Control: ,\t no-store ,, max-age=60']),
  notStored('private', '9111 5.2.2.7', ['Cache-Control: private, max-age=60']),
  notStored('PRIVATE', '9111 5.2', ['Cache-Control: PRIVATE, max-age=60']),
  notStored('private beside s-maxage', '9111 5.2.2.7', ['Cache-Control: private, s-maxage=60']),
  notStored('private beside public', '9111 5.2.2.7', ['Cache-Control: public, private, max-age=60']),
  notStored('private in a line of its own', '9111 5.2.2.7', [FRESH, 'Cache-Control: private']),
  notStored('an extension does not make private public', '9111 5.2.3', ['Cache-Control: private, community="a", max-age=60']),
  {
    name: 'no-store does not touch what was stored before', rfc: '9111 5.2.2.5', level: 'may',
    steps: [asks(ok(FRESH)), asks(ok('Cache-Control: no-store'), { send: ['Cache-Control: no-cache'] }), either(ok(), { of: 1 })],
  },
];

/** 9111 3.2 of must-understand, and the statuses that have rules of their own. */
const understood: readonly Case[] = [
  stored('must-understand overrides no-store for 200', '9111 5.2.2.3', ['Cache-Control: must-understand, no-store, max-age=60']),
  stored('so it does in another order and line', '9111 5.2.2.3', ['Cache-Control: no-store, max-age=60', 'Cache-Control: must-understand']),
  stored('and for 404', '9111 5.2.2.3', says(404, 'Cache-Control: must-understand, no-store, max-age=60')),
  notStored('must-understand with a status nobody knows', '9111 3', says(299, 'Cache-Control: must-understand, max-age=60')),
  notStored('must-understand and no-store with such a status', '9111 3', says(599, 'Cache-Control: must-understand, no-store, max-age=60')),
  notStored('must-understand does not override private', '9111 5.2.2.3', ['Cache-Control: must-understand, no-store, private, max-age=60']),
  notStored('a 206 is no answer to a request for all', '9111 3.3', { ...says(206, FRESH, 'Content-Range: bytes 0-3/10'), body: 'abcd' }),
  {
    name: 'a 304 to a condition of the client is no response to store', rfc: '9111 3', level: 'must',
    steps: [asks(says(304, FRESH, 'ETag: "a"'), { send: ['If-None-Match: "a"'] }), asks(ok())],
  },
];

const final = [200, 203, 300, 301, 302, 303, 307, 308, 400, 403, 404, 405, 410, 414, 418, 422, 451, 500, 501, 502, 503, 504, 299, 399, 499, 599];
const heuristic = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501];
const others = [201, 202, 302, 303, 307, 400, 403, 429, 500, 503, 299];

const statuses: readonly Case[] = [
  ...final.map((status) => stored(`${status} with a lifetime`, '9111 3', says(status, FRESH), status === 200 ? 'should' : 'may', { status })),
  stored('204 with a lifetime', '9111 3', says(204, FRESH), 'may', { status: 204 }),
  stored('302 with Expires', '9111 3', says(302, 'Expires: {now+60}', 'Location: /elsewhere'), 'may', { status: 302, has: { location: /\/elsewhere$/ } }),
  ...heuristic.map((status) => notStored(`${status} without a lifetime: no heuristics here`, '9111 4.2.2', says(status), 'may')),
  ...others.map((status) => notStored(`${status} without a lifetime`, '9111 3', says(status))),
  ...([[428, '3'], [429, '4'], [431, '5'], [511, '6']] as const).map(([status, section]) => notStored(`${status} with a lifetime`, `6585 ${section}`, says(status, FRESH))),
  notStored('302 that is marked public, without a lifetime', '9111 4.2.2', says(302, 'Cache-Control: public'), 'may'),
];

const unsafe = ['POST', 'PUT', 'PATCH', 'DELETE'];
const methods: readonly Case[] = [
  ...[...unsafe, 'OPTIONS', 'PROPFIND', 'REPORT', 'LOCK', 'MKCOL'].map((method): Case => ({
    name: `the answer to ${method} is not given again`, rfc: unsafe.includes(method) ? '9111 4' : '9111 3', level: 'must',
    steps: [asks(ok(FRESH), { method }), asks(ok(FRESH), { method })],
  })),
  ...[...unsafe, 'OPTIONS', 'PROPFIND'].map((method): Case => ({
    name: `the answer to ${method} is none to GET`, rfc: '9110 9.3', level: 'must',
    steps: [asks(ok(FRESH), { method }), asks(ok())],
  })),
  {
    name: 'GET does not answer POST', rfc: '9111 4', level: 'must',
    steps: [asks(ok(FRESH)), asks(ok(), { method: 'POST', content: 'x' })],
  },
  {
    name: 'GET does not answer OPTIONS', rfc: '9110 9.3.7', level: 'must',
    steps: [asks(ok(FRESH)), asks(ok(), { method: 'OPTIONS' })],
  },
  {
    name: 'HEAD is answered from what GET stored', rfc: '9110 9.3.2', level: 'may',
    steps: [asks({ ...ok(FRESH, 'X-A: 1'), body: 'abcd' }), reuses({ method: 'HEAD', status: 200, has: { 'x-a': '1', 'content-length': '4' } })],
  },
  {
    name: 'HEAD that nothing was stored for goes on as HEAD, and is no answer to GET', rfc: '9110 9.3.2', level: 'must',
    steps: [asks(ok(FRESH), { method: 'HEAD' }), asks(ok(FRESH)), reuses()],
  },
  {
    name: 'HEAD of a stored 404', rfc: '9110 9.3.2', level: 'may',
    steps: [asks(says(404, FRESH)), reuses({ method: 'HEAD', status: 404 })],
  },
  {
    name: 'a GET with content is none that a stored response answers blindly', rfc: '9110 9.3.1', level: 'may',
    steps: [asks(ok(FRESH)), either(ok(), { content: 'x' })],
  },
];

conformance('RFC 9111 3: storing responses', {
  '9111 3: whether a response is stored': whether,
  '9111 3: statuses that have to be understood': understood,
  '9111 3: statuses': statuses,
  '9111 3: methods': methods,
});
