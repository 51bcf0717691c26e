import { hangsUp, ok, says, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, pause, reuses, validates, type Case, type Level } from './support/steps.js';

const TAG = 'ETag: "a"';
/** Ten seconds past its time. */
const past = (directives: string) => ok(`Cache-Control: max-age=10${directives && `, ${directives}`}`, 'Age: 20', TAG);

/** A stale response does not answer while the origin is away: the client gets an error. */
const forbidden = (name: string, rfc: string, first: ReturnType<typeof ok>, level: Level = 'must', send: string[] = []): Case =>
  ({ name, rfc, level, steps: [asks(first), asks(hangsUp, { send, status: 502, lacks: ['age', 'etag'] })] });

const away: readonly Case[] = [
  forbidden('without a permission: 502', '9111 4.2.4', past(''), 'may'),
  forbidden('must-revalidate', '9111 5.2.2.2', past('must-revalidate')),
  forbidden('must-revalidate and stale-if-error', '9111 5.2.2.2', past('must-revalidate, stale-if-error=600')),
  forbidden('proxy-revalidate and stale-if-error', '9111 5.2.2.8', past('proxy-revalidate, stale-if-error=600')),
  forbidden('s-maxage and stale-if-error', '9111 5.2.2.10', ok('Cache-Control: s-maxage=10, stale-if-error=600', 'Age: 20', TAG)),
  forbidden('no-cache and stale-if-error', '9111 5.2.2.4', past('no-cache, stale-if-error=600')),
  forbidden('no-cache, fresh, and stale-if-error', '9111 5.2.2.4', ok('Cache-Control: max-age=60, no-cache, stale-if-error=600', TAG)),
  forbidden('must-revalidate, and the client takes stale ones', '9111 5.2.2.2', past('must-revalidate'), 'must', ['Cache-Control: max-stale']),
  forbidden('must-revalidate, and the client has stale-if-error', '9111 5.2.2.2', past('must-revalidate'), 'must', ['Cache-Control: stale-if-error=600']),
  forbidden('stale-if-error that is over', '5861 4', ok('Cache-Control: max-age=10, stale-if-error=5', 'Age: 20', TAG), 'should'),
  forbidden('stale-if-error=0', '5861 4', past('stale-if-error=0'), 'should'),
  forbidden('stale-if-error without a number', '5861 4', past('stale-if-error=abc'), 'should'),
  forbidden('no-store is nothing to fall back on', '9111 5.2.2.5', ok('Cache-Control: no-store, stale-if-error=600')),
  forbidden('private is nothing to fall back on', '9111 5.2.2.7', ok('Cache-Control: private, max-age=10, stale-if-error=600')),
];

const errors: readonly Case[] = [
  ...[500, 502, 503, 504].map((status): Case => ({
    name: `stale-if-error and ${status}`, rfc: '5861 4', level: 'may',
    steps: [asks(past('stale-if-error=600')), asks(says(status), { status: 200, text: 'answer 1', has: { age: [20, 30] } })],
  })),
  ...[400, 404, 410, 429, 501].map((status): Case => ({
    name: `stale-if-error and ${status}: that is none of its errors`, rfc: '5861 4', level: 'should',
    steps: [asks(past('stale-if-error=600')), asks(says(status))],
  })),
  ...[500, 503].map((status): Case => ({
    name: `${status} without a permission is passed on`, rfc: '9111 4.3.3', level: 'may',
    steps: [asks(past('')), asks(says(status))],
  })),
  ...[503].flatMap((status) => ['must-revalidate', 'proxy-revalidate', 'no-cache'].map((directive): Case => ({
    name: `stale-if-error, ${directive} and ${status}`, rfc: '9111 4.2.4', level: 'must',
    steps: [asks(past(`stale-if-error=600, ${directive}`)), asks(says(status))],
  }))),
  {
    name: 'stale-if-error and an origin that is away', rfc: '5861 4', level: 'may',
    steps: [asks(past('stale-if-error=600')), asks(hangsUp, { status: 200, text: 'answer 1', has: { age: [20, 30] } })],
  },
  {
    name: 'stale-if-error without a validator', rfc: '5861 4', level: 'may',
    steps: [asks(ok('Cache-Control: max-age=10, stale-if-error=600', 'Age: 20')), asks(says(503), { status: 200, text: 'answer 1' })],
  },
  {
    name: 'stale-if-error does not lengthen a lifetime', rfc: '5861 4', level: 'must',
    steps: [asks(past('stale-if-error=600')), asks(ok())],
  },
  {
    name: 'stale-if-error of the request', rfc: '5861 4', level: 'may',
    steps: [asks(past('')), asks(says(503), { send: ['Cache-Control: stale-if-error=600'], status: 200, text: 'answer 1' })],
  },
  {
    name: 'stale-if-error of the request that is over', rfc: '5861 4', level: 'should',
    steps: [asks(past('')), asks(says(503), { send: ['Cache-Control: stale-if-error=5'] })],
  },
  {
    name: 'an error does not push out what can be validated later', rfc: '9111 4.3.3', level: 'may',
    steps: [asks(past('')), asks(says(503)), validates(unchanged(TAG), { of: 1 })],
  },
  {
    name: 'an error with a lifetime of its own takes the place of what is stale', rfc: '9111 4.3.3', level: 'may',
    steps: [asks(past('')), asks(says(503, 'Cache-Control: max-age=60')), either(ok())],
  },
];

const revalidating: readonly Case[] = [
  {
    name: 'it is given at once, and validated behind', rfc: '5861 3', level: 'may',
    steps: [asks(past('stale-while-revalidate=600')), reuses({ behind: unchanged(TAG, 'Cache-Control: max-age=60'), has: { age: [20, 30] } }), pause(400), reuses({ has: { age: [0, 8] } })],
  },
  {
    name: 'a newer one takes its place', rfc: '5861 3', level: 'should',
    steps: [asks(past('stale-while-revalidate=600')), reuses({ behind: ok('Cache-Control: max-age=60') }), pause(400), reuses({ of: 2 })],
  },
  {
    name: 'without a validator too', rfc: '5861 3', level: 'may',
    steps: [asks(ok('Cache-Control: max-age=10, stale-while-revalidate=600', 'Age: 20')), reuses({ behind: ok('Cache-Control: max-age=60') }), pause(400), reuses({ of: 2 })],
  },
  {
    name: 'an error behind is not given to anybody', rfc: '5861 3', level: 'should',
    steps: [asks(past('stale-while-revalidate=600')), reuses({ behind: says(503) }), pause(400), reuses({ of: 1 })],
  },
  ...[
    ['over', 'stale-while-revalidate=5'], ['0', 'stale-while-revalidate=0'], ['not a number', 'stale-while-revalidate=abc'], ['no number', 'stale-while-revalidate'], ['negative', 'stale-while-revalidate=-600'],
  ].map(([name = '', directive = '']): Case => ({ name, rfc: '5861 3', level: 'should', steps: [asks(past(directive)), asks(ok())] })),
  ...['must-revalidate', 'proxy-revalidate', 'no-cache'].map((directive): Case => ({
    name: `not with ${directive}`, rfc: '9111 4.2.4', level: 'must', steps: [asks(past(`stale-while-revalidate=600, ${directive}`)), asks(ok())],
  })),
  {
    name: 'not with s-maxage', rfc: '9111 5.2.2.10', level: 'must',
    steps: [asks(ok('Cache-Control: s-maxage=10, stale-while-revalidate=600', 'Age: 20', TAG)), asks(ok())],
  },
  {
    name: 'not for a client that wants it younger', rfc: '9111 5.2.1.1', level: 'should',
    steps: [asks(past('stale-while-revalidate=600')), asks(ok(), { send: ['Cache-Control: max-age=5'] })],
  },
  {
    name: 'not for a client that wants it validated', rfc: '9111 5.2.1.4', level: 'should',
    steps: [asks(past('stale-while-revalidate=600')), asks(ok(), { send: ['Cache-Control: no-cache'] })],
  },
  {
    name: 'a lifetime that ends in time', rfc: '5861 3', level: 'may',
    steps: [asks(ok('Cache-Control: max-age=1, stale-while-revalidate=600')), pause(1_300), reuses({ behind: ok('Cache-Control: max-age=60') }), pause(400), reuses({ of: 2 })],
  },
];

const late: readonly Case[] = [
  {
    name: 'a stale response is not given unasked', rfc: '9111 4.2.4', level: 'must',
    steps: [asks(past('')), asks(ok())],
  },
  {
    name: 'max-stale without a number', rfc: '9111 5.2.1.2', level: 'may',
    steps: [asks(past('')), reuses({ send: ['Cache-Control: max-stale'] })],
  },
  {
    name: 'max-stale that suffices', rfc: '9111 5.2.1.2', level: 'may',
    steps: [asks(past('')), reuses({ send: ['Cache-Control: max-stale=300'] })],
  },
  {
    name: 'max-stale that does not', rfc: '9111 5.2.1.2', level: 'must',
    steps: [asks(past('')), asks(ok(), { send: ['Cache-Control: max-stale=5'] })],
  },
  {
    name: 'max-stale that is no number', rfc: '9111 5.2.1.2', level: 'may',
    steps: [asks(past('')), either(ok(), { send: ['Cache-Control: max-stale=abc'] })],
  },
  ...['must-revalidate', 'proxy-revalidate', 'no-cache'].map((directive): Case => ({
    name: `max-stale and ${directive}`, rfc: '9111 4.2.4', level: 'must', steps: [asks(past(directive)), asks(ok(), { send: ['Cache-Control: max-stale=300'] })],
  })),
  {
    name: 'max-stale and s-maxage', rfc: '9111 5.2.2.10', level: 'must',
    steps: [asks(ok('Cache-Control: s-maxage=10', 'Age: 20', TAG)), asks(ok(), { send: ['Cache-Control: max-stale'] })],
  },
  {
    name: 'max-age of the request, and max-stale with it', rfc: '9111 5.2.1.1', level: 'may',
    steps: [asks(past('')), either(ok(), { send: ['Cache-Control: max-age=300, max-stale=300'] })],
  },
];

conformance('RFC 9111 4.2.4, RFC 5861: stale responses', {
  '9111 4.2.4: stale, and the origin is away': away,
  '9111 4.3.3 and 5861 4: stale, and the origin fails': errors,
  '5861 3: stale-while-revalidate': revalidating,
  '9111 4.2.4: stale': late,
});
