import { ok, says, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, reuses, validates, type Case } from './support/steps.js';

const CHANGED = 'Tue, 04 Feb 2020 10:00:00 GMT';
const STALE = ['Cache-Control: max-age=60', 'Age: 100'];
const TAG = 'ETag: "a"';
const DATE = `Last-Modified: ${CHANGED}`;

/** What a stale response with these fields makes the cache send. */
const sends = (name: string, rfc: string, level: Case['level'], lines: readonly string[], has: Record<string, string>, lacks: string[] = []): Case =>
  ({ name, rfc, level, steps: [asks(ok(...STALE, ...lines)), validates(unchanged(...lines), { upstream: { has, lacks } })] });

const sent: readonly Case[] = [
  sends('a strong entity tag', '9111 4.3.1', 'must', [TAG], { 'if-none-match': '"a"' }, ['if-modified-since']),
  sends('a weak entity tag', '9111 4.3.1', 'must', ['ETag: W/"a"'], { 'if-none-match': 'W/"a"' }),
  sends('an empty entity tag', '9111 4.3.1', 'must', ['ETag: ""'], { 'if-none-match': '""' }),
  sends('an entity tag with a comma', '9111 4.3.1', 'must', ['ETag: "a,b"'], { 'if-none-match': '"a,b"' }),
  sends('an entity tag with a backslash', '9111 4.3.1', 'must', ['ETag: "a\\"'], { 'if-none-match': '"a\\"' }),
  sends('an entity tag beyond ASCII', '9111 4.3.1', 'must', ['ETag: "\xe9"'], { 'if-none-match': '"\xe9"' }),
  sends('the time of the last change', '9111 4.3.1', 'should', [DATE], { 'if-modified-since': CHANGED }, ['if-none-match']),
  sends('both', '9111 4.3.1', 'should', [TAG, DATE], { 'if-none-match': '"a"', 'if-modified-since': CHANGED }),
  sends('both, where no-cache asks for it', '9111 5.2.2.4', 'must', ['Cache-Control: no-cache', TAG, DATE], { 'if-none-match': '"a"' }),
  {
    name: 'nothing, where there is no validator', rfc: '9111 4.3.1', level: 'must',
    steps: [asks(ok(...STALE)), asks(ok(), { upstream: { lacks: ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range'] } })],
  },
  {
    name: 'nothing, where nothing is stored', rfc: '9111 4.3.1', level: 'must',
    steps: [asks(ok('Cache-Control: no-store', TAG, DATE)), asks(ok(), { upstream: { lacks: ['if-none-match', 'if-modified-since'] } })],
  },
  {
    name: 'nothing of another URL', rfc: '9111 4.3.1', level: 'must',
    steps: [asks(ok(...STALE, TAG)), asks(ok(), { path: '/else', upstream: { lacks: ['if-none-match'] } })],
  },
  {
    name: 'the fields the client sent besides', rfc: '9111 4.3.1', level: 'must',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged(TAG), { send: ['X-A: 1', 'Accept: a/b'], upstream: { has: { 'x-a': '1', accept: 'a/b' } } })],
  },
  {
    name: 'the stored tag beside that of the client, or in its place', rfc: '9111 4.3.2', level: 'must',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged(TAG), { send: ['If-None-Match: "z"'], upstream: { has: { 'if-none-match': /"a"/ } } })],
  },
  {
    name: 'no time of the client that is not the stored one', rfc: '9111 4.3.1', level: 'should',
    steps: [asks(ok(...STALE, DATE)), validates(unchanged(DATE), { send: ['If-Modified-Since: Wed, 05 Feb 2020 10:00:00 GMT'], status: 304, upstream: { has: { 'if-modified-since': CHANGED } } })],
  },
  {
    name: 'no range of the client', rfc: '9111 4.3.1', level: 'may',
    steps: [asks({ ...ok(...STALE, TAG), body: 'abcdefghij' }), validates(unchanged(TAG), { send: ['Range: bytes=0-3'], status: 206, text: 'abcd', upstream: { lacks: ['range'] } })],
  },
  {
    name: 'HEAD for HEAD, or GET', rfc: '9111 4.3.1', level: 'may',
    steps: [asks(ok(...STALE, TAG)), either(unchanged(TAG), { method: 'HEAD', status: 200 })],
  },
];

/** A stale response is validated by a 304 with these fields; what the client gets then, and what the next one gets. */
const freshens = (name: string, first: readonly string[], second: readonly string[], more: { has?: Record<string, string>; lacks?: string[] }): Case => ({
  name, rfc: '9111 3.2', level: 'must',
  steps: [asks(ok(...STALE, TAG, ...first)), validates(unchanged(TAG, ...second), more), reuses(more)],
});

const updates: readonly Case[] = [
  freshens('a field of the 304 replaces the stored one', ['X-A: 1'], ['X-A: 2'], { has: { 'x-a': '2' } }),
  freshens('a field of the 304 is added', [], ['X-A: 2'], { has: { 'x-a': '2' } }),
  freshens('a field the 304 lacks stays', ['X-A: 1', 'X-B: 1'], ['X-A: 2'], { has: { 'x-b': '1' } }),
  freshens('several stored lines are replaced by one', ['X-A: 1', 'X-A: 2'], ['X-A: 3'], { has: { 'x-a': '3' } }),
  freshens('one stored line is replaced by several', ['X-A: 1'], ['X-A: 2', 'X-A: 3'], { has: { 'x-a': '2, 3' } }),
  freshens('names are compared without case', ['X-A: 1'], ['x-a: 2'], { has: { 'x-a': '2' } }),
  freshens('Cache-Control is replaced', [], ['Cache-Control: max-age=600, odd'], { has: { 'cache-control': 'max-age=600, odd' } }),
  freshens('Content-Length stays', [], ['Content-Length: 3'], { has: { 'content-length': '8' } }),
  freshens('Content-Type is replaced', ['Content-Type: text/a'], ['Content-Type: text/b'], { has: { 'content-type': 'text/b' } }),
  freshens('Content-Security-Policy and others with Content- too', ['Content-Security-Policy: a'], ['Content-Security-Policy: b'], { has: { 'content-security-policy': 'b' } }),
  freshens('what Connection names is not added', [], ['Connection: X-Hop', 'X-Hop: 1'], { lacks: ['x-hop'] }),
  freshens('Proxy-Authenticate is not added', [], ['Proxy-Authenticate: Basic realm="a"'], { lacks: ['proxy-authenticate'] }),
  freshens('Last-Modified is added', [], [DATE], { has: { 'last-modified': CHANGED } }),
  freshens('Expires is replaced', ['Expires: 0'], ['Expires: Mon, 31 Dec 2068 10:00:00 GMT'], { has: { expires: 'Mon, 31 Dec 2068 10:00:00 GMT' } }),
  {
    name: 'Date is replaced', rfc: '9111 3.2', level: 'must',
    steps: [asks(ok(...STALE, TAG, DATE, 'Date: {now-7000}')), validates(unchanged(TAG, 'Date: {now-5}')), reuses({ same: ['date'], has: { age: [0, 20] } })],
  },
];

const answers: readonly Case[] = [
  {
    name: '304 makes it fresh again', rfc: '9111 4.3.4', level: 'should',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged(TAG)), reuses(), reuses()],
  },
  {
    name: '304 with a longer lifetime', rfc: '9111 4.3.4', level: 'should',
    steps: [asks(ok('Cache-Control: max-age=0', TAG)), validates(unchanged(TAG, 'Cache-Control: max-age=60')), reuses()],
  },
  {
    name: '304 with a shorter lifetime', rfc: '9111 4.3.4', level: 'must',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged(TAG, 'Cache-Control: max-age=0')), validates(unchanged(TAG))],
  },
  {
    name: 'no-cache is asked for every time', rfc: '9111 5.2.2.4', level: 'must',
    steps: [asks(ok('Cache-Control: no-cache', TAG)), validates(unchanged(TAG)), validates(unchanged(TAG))],
  },
  {
    name: '304 with no-cache', rfc: '9111 5.2.2.4', level: 'must',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged(TAG, 'Cache-Control: max-age=60, no-cache')), validates(unchanged(TAG))],
  },
  {
    name: '304 with no-store: not used again', rfc: '9111 5.2.2.5', level: 'must',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged(TAG, 'Cache-Control: no-store')), asks(ok())],
  },
  {
    name: '304 with private: not used again', rfc: '9111 5.2.2.7', level: 'must',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged(TAG, 'Cache-Control: private, max-age=60')), asks(ok())],
  },
  {
    name: '304 with Vary: *', rfc: '9111 4.1', level: 'must',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged(TAG, 'Vary: *')), asks(ok())],
  },
  {
    name: '304 with a Vary: then it holds', rfc: '9111 4.1', level: 'must',
    steps: [asks(ok(...STALE, TAG), { send: ['X-A: 1'] }), validates(unchanged(TAG, 'Vary: X-A'), { send: ['X-A: 1'] }), asks(ok(), { send: ['X-A: 2'] })],
  },
  {
    name: '304 by a weak tag', rfc: '9111 4.3.4', level: 'should',
    steps: [asks(ok(...STALE, 'ETag: W/"a"')), validates(unchanged('ETag: W/"a"')), reuses()],
  },
  {
    name: '304 by the time of the last change', rfc: '9111 4.3.4', level: 'should',
    steps: [asks(ok(...STALE, DATE)), validates(unchanged(DATE)), reuses()],
  },
  {
    name: '304 without any validator: for there was but one', rfc: '9111 4.3.4', level: 'may',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged()), either(ok())],
  },
  {
    name: '304 with another strong tag is about something else: the origin is asked anew', rfc: '9111 4.3.4', level: 'must',
    steps: [asks(ok(...STALE, TAG, 'X-A: 1')), asks(unchanged('ETag: "b"', 'X-A: 2'), { again: ok('ETag: "b"', 'Cache-Control: max-age=60') }), reuses({ of: 3 })],
  },
  {
    name: '200 is used, and stored', rfc: '9111 4.3.3', level: 'must',
    steps: [asks(ok(...STALE, TAG)), asks(ok('Cache-Control: max-age=60', 'ETag: "b"'), { upstream: { has: { 'if-none-match': '"a"' } } }), reuses({ of: 2, has: { etag: '"b"' } })],
  },
  {
    name: '200 has nothing of the fields that were stored', rfc: '9111 4.3.3', level: 'must',
    steps: [asks(ok(...STALE, TAG, 'X-A: 1')), asks(ok('Cache-Control: max-age=60', 'ETag: "b"'), { lacks: ['x-a'] }), reuses({ of: 2, lacks: ['x-a'] })],
  },
  {
    name: '200 with no-store is used, and what was stored is not given again', rfc: '9111 4.3.3', level: 'must',
    steps: [asks(ok(...STALE, TAG)), asks(ok('Cache-Control: no-store')), asks(ok())],
  },
  ...[301, 404, 410].map((status): Case => ({
    name: `${status} is used`, rfc: '9111 4.3.3', level: 'must', steps: [asks(ok(...STALE, TAG)), asks(says(status)), asks(ok())],
  })),
  {
    name: '404 with a lifetime takes the place', rfc: '9111 4.3.3', level: 'should',
    steps: [asks(ok(...STALE, TAG)), asks(says(404, 'Cache-Control: max-age=60')), reuses({ of: 2, status: 404 })],
  },
  {
    name: 'the client that has the stored one gets 304', rfc: '9111 4.3.2', level: 'should',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged(TAG), { send: ['If-None-Match: "a"'], status: 304, has: { etag: '"a"' } })],
  },
  {
    name: 'the client that has another one gets 200', rfc: '9111 4.3.2', level: 'must',
    steps: [asks(ok(...STALE, TAG)), validates(unchanged(TAG), { send: ['If-None-Match: "z"'], status: 200 })],
  },
  {
    name: 'the client that has the one that is new gets 304, or all of it', rfc: '9111 4.3.2', level: 'may',
    steps: [asks(ok(...STALE, TAG)), asks(ok('Cache-Control: max-age=60', 'ETag: "b"'), { send: ['If-None-Match: "a"'] }), reuses({ of: 2 })],
  },
  {
    name: 'a variant is validated for itself', rfc: '9111 4.3.1', level: 'must',
    steps: [asks(ok(...STALE, TAG, 'Vary: X-A'), { send: ['X-A: 1'] }), asks(ok(...STALE, 'ETag: "b"', 'Vary: X-A'), { send: ['X-A: 2'] }),
      validates(unchanged(TAG), { send: ['X-A: 1'], of: 1, upstream: { has: { 'if-none-match': /"a"/ } } })],
  },
  {
    name: '304 for one variant leaves the other as it is', rfc: '9111 4.3.4', level: 'must',
    steps: [asks(ok(...STALE, TAG, 'Vary: X-A'), { send: ['X-A: 1'] }), asks(ok(...STALE, 'ETag: "b"', 'Vary: X-A'), { send: ['X-A: 2'] }),
      validates(unchanged(TAG), { send: ['X-A: 1'], of: 1 }), validates(unchanged('ETag: "b"'), { send: ['X-A: 2'], of: 2, has: { etag: '"b"' } })],
  },
  {
    name: 'a stored 404 is validated too', rfc: '9111 4.3', level: 'may',
    steps: [asks(says(404, ...STALE, TAG)), either(says(404), { status: 404 })],
  },
];

const ANEW = { method: 'HEAD', send: ['Cache-Control: no-cache'] };
const head: readonly Case[] = [
  {
    name: 'another ETag: what is stored is stale', rfc: '9111 4.3.5', level: 'should',
    steps: [asks(ok('Cache-Control: max-age=60', TAG)), asks(ok('Cache-Control: max-age=60', 'ETag: "b"'), ANEW), asks(ok())],
  },
  {
    name: 'another Last-Modified: what is stored is stale', rfc: '9111 4.3.5', level: 'should',
    steps: [asks(ok('Cache-Control: max-age=60', DATE)), asks(ok('Cache-Control: max-age=60', 'Last-Modified: Wed, 05 Feb 2020 10:00:00 GMT'), ANEW), asks(ok())],
  },
  {
    name: 'another Content-Length: what is stored is stale', rfc: '9111 4.3.5', level: 'should',
    steps: [asks(ok('Cache-Control: max-age=60')), asks({ ...ok('Cache-Control: max-age=60'), body: 'much longer than that' }, ANEW), asks(ok())],
  },
  {
    name: 'the same: what is stored is updated, or stale', rfc: '9111 4.3.5', level: 'should',
    steps: [asks(ok('Cache-Control: max-age=60', TAG, 'X-A: 1')), asks(ok('Cache-Control: max-age=60', TAG, 'X-A: 2'), ANEW), either(ok('X-A: 2'), { has: { 'x-a': '2' } })],
  },
  {
    name: 'the same: a client that asks gets the stored content', rfc: '9111 4.3.5', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60', TAG)), asks(ok('Cache-Control: max-age=60', TAG), ANEW), either(ok(), { of: 1 })],
  },
  {
    name: 'it does not touch what is stored of another URL', rfc: '9111 4.3.5', level: 'should',
    steps: [asks(ok('Cache-Control: max-age=60', TAG)), asks(ok('Cache-Control: max-age=60', 'ETag: "b"'), { ...ANEW, path: '/else' }), reuses()],
  },
];

conformance('RFC 9111 4.3: validation', {
  '9111 4.3.1: what a validation sends': sent,
  '9111 3.2 and 4.3.4: fields after a 304': updates,
  '9111 4.3.3 and 4.3.4: what validation leads to': answers,
  '9111 4.3.5: HEAD': head,
});
