import { ok, says, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, reuses, type Case, type Level } from './support/steps.js';

const CHANGED = 'Tue, 04 Feb 2020 10:00:00 GMT';
const BEFORE = 'Mon, 03 Feb 2020 10:00:00 GMT';
const FRESH = 'Cache-Control: max-age=60';
const DATE = `Last-Modified: ${CHANGED}`;

/** A request with conditions for a response that is stored with these fields. */
const judged = (name: string, status: 200 | 304, [fields, send]: readonly [readonly string[], readonly string[]], level: Level = status === 304 ? 'should' : 'must', rfc = '9110 13.1.2'): Case =>
  ({ name, rfc, level, steps: [asks(ok(FRESH, ...fields)), reuses({ send, status })] });

const none = (value: string): string[] => [`If-None-Match: ${value}`];
const A = ['ETag: "a"'];

const tags: readonly Case[] = [
  judged('the tag', 304, [A, none('"a"')]),
  judged('another tag', 200, [A, none('"b"')]),
  judged('a tag in another case', 200, [A, none('"A"')]),
  judged('a tag that begins alike', 200, [A, none('"ab"')]),
  judged('weak here, strong there', 304, [A, none('W/"a"')]),
  judged('strong here, weak there', 304, [['ETag: W/"a"'], none('"a"')]),
  judged('both weak', 304, [['ETag: W/"a"'], none('W/"a"')]),
  judged('both weak, another', 200, [['ETag: W/"a"'], none('W/"b"')]),
  judged('first of a list', 304, [A, none('"a", "b"')]),
  judged('last of a list', 304, [A, none('"x", W/"y", "a"')]),
  judged('in a list without blanks', 304, [A, none('"x","a"')]),
  judged('in a list with empty members', 304, [A, none(', "x",, "a" ,')]),
  judged('in a second line', 304, [A, ['If-None-Match: "x"', 'If-None-Match: "a"']]),
  judged('not in a list', 200, [A, none('"x", "y"')]),
  judged('a tag with a comma', 304, [['ETag: "a,b"'], none('"x", "a,b"')]),
  judged('a comma is not the end of a tag', 200, [['ETag: "b"'], none('"a,b", "b,c"')]),
  judged('an empty tag', 304, [['ETag: ""'], none('""')]),
  judged('a tag with a backslash', 304, [['ETag: "a\\"'], none('"a\\"')]),
  judged('*', 304, [A, none('*')]),
  judged('* where nothing is known of it', 304, [[], none('*')], 'may'),
  judged('a tag, where none is stored', 200, [[], none('"a"')]),
  judged('a tag, where only a date is stored', 200, [[DATE], none('"a"')]),
  judged('If-None-Match goes first: no match, though not modified', 200, [[...A, DATE], [...none('"b"'), `If-Modified-Since: ${CHANGED}`]], 'must', '9110 13.2.2'),
  judged('If-None-Match goes first: a match, though modified', 304, [[...A, DATE], [...none('"a"'), `If-Modified-Since: ${BEFORE}`]], 'must', '9110 13.2.2'),
];

const since = (value: string): string[] => [`If-Modified-Since: ${value}`];
const times: readonly Case[] = [
  ['the same time', 304, [DATE], CHANGED],
  ['a later time', 304, [DATE], 'Wed, 05 Feb 2020 10:00:00 GMT'],
  ['an earlier time', 200, [DATE], BEFORE],
  ['a second earlier', 200, [DATE], 'Tue, 04 Feb 2020 09:59:59 GMT'],
  ['an rfc850-date', 304, [DATE], 'Tuesday, 04-Feb-20 10:00:00 GMT'],
  ['an asctime-date', 304, [DATE], 'Tue Feb  4 10:00:00 2020'],
  ['an earlier asctime-date', 200, [DATE], 'Mon Feb  3 10:00:00 2020'],
  ['no date', 200, [DATE], 'today'],
  ['a number', 200, [DATE], '1580810400'],
  ['an ISO date', 200, [DATE], '2020-02-04T10:00:00Z'],
  ['two dates', 200, [DATE], `${CHANGED}, ${CHANGED}`],
  ['a date in quotes', 200, [DATE], `"${CHANGED}"`],
  ['no Last-Modified: its Date is not later', 304, ['Date: {now-5}'], '{now}'],
  ['no Last-Modified: its Date is later', 200, ['Date: {now-5}'], '{now-3600}'],
  ['a Last-Modified that is no date', 200, ['Last-Modified: odd'], CHANGED],
].map(([name, status, fields, value]) => judged(name as string, status as 200 | 304, [fields as string[], since(value as string)], undefined, '9110 13.1.3'));

const others: readonly Case[] = [
  {
    name: 'HEAD with the tag', rfc: '9110 13.1.2', level: 'should',
    steps: [asks(ok(FRESH, ...A)), reuses({ method: 'HEAD', send: none('"a"'), status: 304 })],
  },
  ...(['If-Match: "z"', `If-Unmodified-Since: ${BEFORE}`].map((line): Case => ({
    name: `${line.slice(0, line.indexOf(':'))} is not judged by a cache`, rfc: '9111 4.3.2', level: 'must',
    steps: [asks(ok(FRESH, ...A, DATE)), either(ok(), { send: [line], status: 200 })],
  }))),
  {
    name: 'If-Match reaches the origin where nothing is stored', rfc: '9111 4.3.2', level: 'must',
    steps: [asks(says(412), { send: ['If-Match: "z"'], upstream: { has: { 'if-match': '"z"' } } })],
  },
  {
    name: 'If-None-Match reaches the origin where nothing is stored', rfc: '9111 4.3.2', level: 'must',
    steps: [asks(unchanged(...A), { send: none('"a"'), upstream: { has: { 'if-none-match': '"a"' } } })],
  },
  {
    name: 'If-Modified-Since reaches the origin where nothing is stored', rfc: '9111 4.3.2', level: 'must',
    steps: [asks(unchanged(DATE), { send: since(CHANGED), upstream: { has: { 'if-modified-since': CHANGED } } })],
  },
  {
    name: '200 to a condition of the client is stored', rfc: '9111 3', level: 'should',
    steps: [asks(ok(FRESH, ...A), { send: none('"z"') }), reuses(), reuses({ send: none('"a"'), status: 304 })],
  },
  {
    name: 'If-None-Match: * of a PUT reaches the origin', rfc: '9111 4.3.2', level: 'must',
    steps: [asks(ok(FRESH, ...A)), asks(says(412), { method: 'PUT', content: 'x', send: none('*'), upstream: { has: { 'if-none-match': '*' } } })],
  },
  ...[404, 410, 301, 500].map((status): Case => ({
    name: `a condition does not turn a stored ${status} into 304`, rfc: '9110 13.2.1', level: 'must',
    steps: [asks(says(status, FRESH, ...A, DATE)), reuses({ send: [...none('"a"'), ...since(CHANGED)], status })],
  })),
  {
    name: '304 has what tells caches of it', rfc: '9110 15.4.5', level: 'must',
    steps: [
      asks(ok(FRESH, ...A, DATE, 'Expires: Mon, 31 Dec 2068 10:00:00 GMT', 'Vary: X-A', 'Content-Location: /else')),
      reuses({ send: none('"a"'), status: 304, has: { 'cache-control': 'max-age=60', etag: '"a"', expires: 'Mon, 31 Dec 2068 10:00:00 GMT', vary: 'X-A', 'content-location': '/else', date: /GMT$/ } }),
    ],
  },
  {
    name: '304 has its Age', rfc: '9111 4', level: 'must',
    steps: [asks(ok(FRESH, ...A, 'Age: 30')), reuses({ send: none('"a"'), status: 304, has: { age: [30, 38] } })],
  },
  {
    name: '304 has nothing of the content', rfc: '9110 15.4.5', level: 'should',
    steps: [asks(ok(FRESH, ...A, 'Content-Type: text/plain', 'Content-Language: fr', 'Content-Encoding: odd')), reuses({ send: none('"a"'), status: 304, lacks: ['content-type', 'content-language', 'content-encoding', 'transfer-encoding'] })],
  },
  {
    name: 'Last-Modified of a 304 without an entity tag', rfc: '9110 15.4.5', level: 'may',
    steps: [asks(ok(FRESH, DATE)), reuses({ send: since(CHANGED), status: 304, has: { 'last-modified': CHANGED } })],
  },
  {
    name: 'a condition of the client does not change what is stored', rfc: '9111 4.3.2', level: 'must',
    steps: [asks(ok(FRESH, ...A)), reuses({ send: none('"a"'), status: 304 }), reuses(), reuses({ send: none('"b"') })],
  },
];

conformance('RFC 9110 13: conditions of the client', {
  '9110 13.1.2: If-None-Match': tags,
  '9110 13.1.3: If-Modified-Since': times,
  '9110 13: conditions': others,
});
