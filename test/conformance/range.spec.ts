import { ok, says, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, reuses, validates, type Case, type Level } from './support/steps.js';

const CHANGED = 'Tue, 04 Feb 2020 10:00:00 GMT';
const FRESH = 'Cache-Control: max-age=60';
const BODY = 'abcdefghij';
const whole = (...lines: string[]) => ({ ...ok(FRESH, ...lines), body: BODY });
const range = (value: string): string[] => [`Range: ${value}`];

/** A part of what is stored whole. Whether a cache does that is its own matter; if it does, then so. */
const part = (value: string, content: string, text: string): Case => ({
  name: value, rfc: '9110 14.2', level: 'may',
  steps: [asks(whole('ETag: "a"')), reuses({ send: range(value), status: 206, text, has: { 'content-range': content, 'content-length': String(text.length) } })],
});

/** All of it, whatever the request says of a part. */
const all = (name: string, send: readonly string[], level: Level, rfc = '9110 14.2', ...fields: string[]): Case =>
  ({ name, rfc, level, steps: [asks(whole(...fields)), reuses({ send, status: 200, lacks: ['content-range'] })] });

const beyond = (value: string): Case => ({
  name: `${value} cannot be had`, rfc: '9110 15.5.17', level: 'may',
  steps: [asks(whole('ETag: "a"')), reuses({ send: range(value), status: 416, has: { 'content-range': 'bytes */10' } }), reuses()],
});

const parts: readonly Case[] = [
  part('bytes=0-3', 'bytes 0-3/10', 'abcd'),
  part('bytes=0-0', 'bytes 0-0/10', 'a'),
  part('bytes=4-', 'bytes 4-9/10', 'efghij'),
  part('bytes=-3', 'bytes 7-9/10', 'hij'),
  part('bytes=9-9', 'bytes 9-9/10', 'j'),
  part('bytes=2-99', 'bytes 2-9/10', 'cdefghij'),
  part('bytes=-99', 'bytes 0-9/10', BODY),
  part('bytes=0-', 'bytes 0-9/10', BODY),
  part('bytes=0-99999999999999999999999', 'bytes 0-9/10', BODY),
  part('bytes=0003-0005', 'bytes 3-5/10', 'def'),
  part('BYTES=0-3', 'bytes 0-3/10', 'abcd'),
  ...['bytes=10-', 'bytes=10-12', 'bytes=99999999999999999999-', 'bytes=-0'].map(beyond),
  all('bytes=5-2 is none', range('bytes=5-2'), 'must', '9110 14.1.1'),
  ...['bytes=abc', 'bytes=', 'bytes', 'bytes=-', 'bytes=0-3-5', 'bytes 0-3', 'bytes=0x0-0x3', 'bytes=1.0-2', 'bytes=--3', 'bytes=+0-3', '0-3', ''].map((value) => all(`${JSON.stringify(value)} is none`, range(value), 'should')),
  ...['items=0-3', 'seconds=0-3', 'none=0-3'].map((value) => all(`${value}: nobody knows the unit`, range(value), 'should', '9110 14.2')),
  ...['bytes=0-1,4-5', 'bytes=0-1, 20-30', 'bytes=0-,0-,0-,0-'].map((value): Case => ({
    name: `${value}: several parts, or all of it`, rfc: '9110 14.2', level: 'may', steps: [asks(whole()), either(whole(), { send: range(value), status: 200 })],
  })),
  {
    name: 'HEAD has no parts', rfc: '9110 14.2', level: 'must',
    steps: [asks(whole()), reuses({ method: 'HEAD', send: range('bytes=0-3'), status: 200, lacks: ['content-range'], has: { 'content-length': '10' } })],
  },
  {
    name: 'POST has none either: the origin sees it', rfc: '9110 14.2', level: 'must',
    steps: [asks(whole()), asks(ok(), { method: 'POST', send: range('bytes=0-3') })],
  },
  ...[404, 500].map((status): Case => ({
    name: `a stored ${status} has no parts`, rfc: '9110 14.2', level: 'must', steps: [asks({ ...says(status, FRESH), body: BODY }), reuses({ send: range('bytes=0-3'), status, lacks: ['content-range'] })],
  })),
  {
    name: 'an empty response has no parts', rfc: '9110 15.5.17', level: 'may',
    steps: [asks({ ...ok(FRESH), body: '' }), reuses({ send: range('bytes=1-'), status: 416, has: { 'content-range': 'bytes */0' } })],
  },
  {
    name: '206 has what tells caches of it', rfc: '9110 15.3.7', level: 'must',
    steps: [
      asks(whole('ETag: "a"', 'Expires: Mon, 31 Dec 2068 10:00:00 GMT', 'Vary: X-A', 'Content-Location: /else')),
      reuses({ send: range('bytes=0-3'), status: 206, text: 'abcd', has: { 'cache-control': 'max-age=60', etag: '"a"', expires: 'Mon, 31 Dec 2068 10:00:00 GMT', vary: 'X-A', 'content-location': '/else', date: /GMT$/ } }),
    ],
  },
  {
    name: 'a part does not change what is stored', rfc: '9111 3.3', level: 'must',
    steps: [asks(whole()), reuses({ send: range('bytes=0-3'), status: 206, text: 'abcd' }), reuses(), reuses({ send: range('bytes=4-5'), status: 206, text: 'ef' })],
  },
  {
    name: 'a condition goes first: 304', rfc: '9110 13.2.2', level: 'must',
    steps: [asks(whole('ETag: "a"')), reuses({ send: [...range('bytes=0-3'), 'If-None-Match: "a"'], status: 304 })],
  },
  {
    name: 'a condition goes first: the part', rfc: '9110 13.2.2', level: 'may',
    steps: [asks(whole('ETag: "a"')), reuses({ send: [...range('bytes=0-3'), 'If-None-Match: "b"'], status: 206, text: 'abcd' })],
  },
];

const ranged = (value: string): string[] => [...range('bytes=0-3'), `If-Range: ${value}`];
/** The part, where If-Range says what is stored. */
const still = (name: string, value: string, ...fields: string[]): Case =>
  ({ name, rfc: '9110 13.1.5', level: 'may', steps: [asks(whole(...fields)), reuses({ send: ranged(value), status: 206, text: 'abcd' })] });

const conditional: readonly Case[] = [
  still('the strong tag', '"a"', 'ETag: "a"'),
  all('another tag', ranged('"b"'), 'must', '9110 13.1.5', 'ETag: "a"'),
  all('the weak tag', ranged('W/"a"'), 'must', '9110 13.1.5', 'ETag: W/"a"'),
  all('strong there, weak here', ranged('"a"'), 'must', '9110 13.1.5', 'ETag: W/"a"'),
  all('weak there, strong here', ranged('W/"a"'), 'must', '9110 13.1.5', 'ETag: "a"'),
  all('a tag, where none is stored', ranged('"a"'), 'must', '9110 13.1.5'),
  all('a list of tags', ranged('"a", "b"'), 'must', '9110 13.1.5', 'ETag: "a"'),
  all('*', ranged('*'), 'must', '9110 13.1.5', 'ETag: "a"'),
  still('the time', CHANGED, `Last-Modified: ${CHANGED}`),
  all('a later time', ranged('Wed, 05 Feb 2020 10:00:00 GMT'), 'must', '9110 13.1.5', `Last-Modified: ${CHANGED}`),
  all('an earlier time', ranged('Mon, 03 Feb 2020 10:00:00 GMT'), 'must', '9110 13.1.5', `Last-Modified: ${CHANGED}`),
  all('a time that was a moment before its Date is weak', ranged('{now}'), 'must', '9110 8.8.2.2', 'Last-Modified: {now}', 'Date: {now}'),
  all('no time', ranged('today'), 'must', '9110 13.1.5', `Last-Modified: ${CHANGED}`),
  all('a time, where none is stored', ranged(CHANGED), 'must', '9110 13.1.5', 'ETag: "a"'),
  all('without a Range it means nothing', ['If-Range: "a"'], 'must', '9110 13.1.5', 'ETag: "a"'),
];

const partial = (...lines: string[]) => ({ ...says(206, 'Content-Range: bytes 0-3/10', ...lines), body: 'abcd' });
const misses: readonly Case[] = [
  {
    name: 'where nothing is stored the origin is asked for the part', rfc: '9110 14.2', level: 'may',
    steps: [asks(partial(FRESH), { send: range('bytes=0-3'), upstream: { has: { range: 'bytes=0-3' } } })],
  },
  {
    name: 'its part is not given to who wants all', rfc: '9111 3.3', level: 'must',
    steps: [asks(partial(FRESH), { send: range('bytes=0-3') }), asks(whole()), reuses()],
  },
  {
    name: 'nor to who wants another part', rfc: '9111 3.3', level: 'must',
    steps: [asks(partial(FRESH), { send: range('bytes=0-3') }), asks({ ...says(206, 'Content-Range: bytes 4-5/10'), body: 'ef' }, { send: range('bytes=4-5') })],
  },
  {
    name: 'nor is it given as 200', rfc: '9111 3.3', level: 'must',
    steps: [asks(partial(FRESH, 'ETag: "a"'), { send: range('bytes=0-3') }), either(partial(), { send: range('bytes=0-3'), status: 206 })],
  },
  {
    name: 'nor does it take the place of what is whole', rfc: '9111 3.3', level: 'must',
    steps: [asks(whole('ETag: "a"')), asks(partial(FRESH, 'ETag: "a"'), { send: [...range('bytes=0-3'), 'Cache-Control: no-cache'] }), either(whole(), { of: 1, status: 200, text: BODY })],
  },
  {
    name: 'a part that is all of it is a part', rfc: '9111 3.3', level: 'must',
    steps: [asks({ ...says(206, 'Content-Range: bytes 0-9/10', FRESH), body: BODY }, { send: range('bytes=0-') }), either(whole(), { status: 200, text: BODY })],
  },
  {
    name: 'several parts are not stored', rfc: '9111 3.3', level: 'must',
    steps: [asks({ ...says(206, 'Content-Type: multipart/byteranges; boundary=x', FRESH), body: '--x--' }, { send: range('bytes=0-1,4-5') }), asks(whole())],
  },
  {
    name: '416 is not given to who wants all', rfc: '9110 15.5.17', level: 'should',
    steps: [asks(says(416, 'Content-Range: bytes */10', FRESH), { send: range('bytes=20-') }), asks(whole())],
  },
  {
    name: 'all of it, where a part was asked for, is stored', rfc: '9111 3', level: 'should',
    steps: [asks(whole(), { send: range('bytes=0-3') }), reuses(), reuses({ send: range('bytes=0-3'), status: 206, text: 'abcd' })],
  },
  {
    name: 'a part of what had to be validated', rfc: '9111 4.3.1', level: 'may',
    steps: [asks({ ...ok('Cache-Control: no-cache', 'ETag: "a"'), body: BODY }), validates(unchanged('ETag: "a"'), { send: range('bytes=-3'), status: 206, text: 'hij', has: { 'content-range': 'bytes 7-9/10' } })],
  },
  {
    name: 'a variant has parts of its own', rfc: '9111 4.1', level: 'must',
    steps: [asks(whole('Vary: X-A'), { send: ['X-A: 1'] }), asks({ ...whole('Vary: X-A'), body: 'ABCDEFGHIJ' }, { send: ['X-A: 2'] }), reuses({ send: ['X-A: 1', ...range('bytes=0-3')], status: 206, text: 'abcd' })],
  },
];

conformance('RFC 9110 14: ranges', {
  '9110 14: parts of a stored response': parts,
  '9110 13.1.5: If-Range': conditional,
  '9111 3.3: parts from the origin': misses,
});
