import { ok, says, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, notStored, pause, reuses, stored, validates, type Case, type Level } from './support/steps.js';

const NO = 'Cache-Control: no-store';
const YES = 'Cache-Control: max-age=60';
const cdn = (value: string): string => `CDN-Cache-Control: ${value}`;

/** Where the targeted field holds, what it says differs from what Cache-Control says; both orders of the two fields. */
const holds = (value: string, level: Level = 'must'): Case => stored(`${JSON.stringify(value)} holds`, '9213 2.2', [cdn(value), NO], level);
const restricts = (value: string, level: Level = 'must'): Case => notStored(`${JSON.stringify(value)} holds`, '9213 2.2', [YES, cdn(value)], level);
/** Not readable, or empty: Cache-Control holds. One case where it allows, one where it forbids. */
const ignored = (value: string, level: Level = 'must'): Case[] => [
  stored(`${JSON.stringify(value)} is ignored: stored`, '9213 2.1', [YES, cdn(value)], level),
  notStored(`${JSON.stringify(value)} is ignored: not stored`, '9213 2.1', [NO, cdn(value)], level),
];

const all: readonly Case[] = [
  holds('max-age=60'), holds('public, max-age=60'), holds('max-age=60, odd'), holds('max-age=60;a=1;b="c"'), holds('max-age=60, odd=(a b)'), holds('odd=?0, max-age=60'), holds('max-age=0, max-age=60', 'should'), holds('s-maxage=60', 'should'), holds('max-age=600,\tmust-revalidate'), holds('max-age=60, odd="no-store, private"'),
  restricts('no-store'), restricts('private'), restricts('no-cache'), restricts('max-age=0'), restricts('max-age=60, no-store'), restricts('max-age=60, private'), restricts('max-age=60, no-cache'), restricts('none'), restricts('odd=1'), restricts('s-maxage=0, max-age=60', 'should'), restricts('max-age=60, max-age=0', 'should'), restricts('no-store;a'),
  restricts('max-age=60.5', 'should'), restricts('max-age="60"', 'should'), restricts('max-age=abc', 'should'), restricts('max-age=-1', 'should'), restricts('max-age', 'should'),
  ...ignored(''), ...ignored('max-age=60,').slice(1), ...ignored('no-store,').slice(0, 1), ...ignored('max-age=60, =').slice(1), ...ignored('no-store, =').slice(0, 1), ...ignored('max-age=60 no-store'), ...ignored('MAX-AGE=60').slice(1), ...ignored('No-Store').slice(0, 1), ...ignored('max-age= 60').slice(1), ...ignored('"max-age"'), ...ignored('max-age="60').slice(1), ...ignored('max-age=60; =a').slice(1), ...ignored(',max-age=60').slice(1),
  stored('Expires of the past does not count beside it', '9213 2.2', [cdn('max-age=60'), 'Expires: 0'], 'must'),
  notStored('Expires does not count beside it', '9213 2.2', [cdn('none'), 'Expires: {now+60}']),
  stored('s-maxage=0 of Cache-Control does not count beside it', '9213 2.2', [cdn('max-age=60'), 'Cache-Control: s-maxage=0'], 'must'),
  stored('private of Cache-Control does not count beside it', '9213 2.2', [cdn('max-age=60'), 'Cache-Control: private'], 'must'),
  stored('no-cache of Cache-Control does not count beside it', '9213 2.2', [cdn('max-age=60'), 'Cache-Control: no-cache'], 'must'),
  stored('two lines are one', '9213 2.1', [cdn('public'), cdn('max-age=60'), NO], 'must'),
  notStored('two lines are one: the second cannot be read, so neither can', '9213 2.1', [cdn('max-age=60'), cdn('='), NO]),
  stored('the name in another case', '9110 5.1', ['cdn-CACHE-control: max-age=60', NO], 'must'),
  notStored('the lifetime is over', '9213 2.2', [cdn('max-age=10'), 'Age: 20', 'Cache-Control: max-age=600']),
  stored('another target is none of ours: not restricted', '9213 2.2', [YES, 'Example-Cache-Control: no-store'], 'must', { has: { 'example-cache-control': 'no-store' } }),
  notStored('another target is none of ours: not allowed', '9213 2.2', [NO, 'Example-Cache-Control: max-age=60']),
  stored('another target passes on', '9213 2.2', [YES, 'Example-Cache-Control: max-age=7'], 'must', { has: { 'example-cache-control': 'max-age=7' } }),
  stored('Cache-Control passes on as it is', '9213 2.2', [cdn('max-age=60'), NO], 'must', { has: { 'cache-control': 'no-store' } }),
  {
    name: 'no-cache is validated', rfc: '9213 2.2', level: 'must',
    steps: [asks(ok(YES, cdn('no-cache'), 'ETag: "a"')), validates(unchanged('ETag: "a"'))],
  },
  {
    name: 'must-revalidate forbids what is stale', rfc: '9213 2.2', level: 'must',
    steps: [asks(ok(cdn('max-age=10, must-revalidate, stale-if-error=600'), 'Cache-Control: max-age=10, stale-if-error=600', 'Age: 20', 'ETag: "a"')), asks(says(503))],
  },
  {
    name: 'must-revalidate of Cache-Control does not count beside it', rfc: '9213 2.2', level: 'may',
    steps: [asks(ok(cdn('max-age=10, stale-if-error=600'), 'Cache-Control: max-age=10, must-revalidate', 'Age: 20')), asks(says(503), { status: 200, text: 'answer 1' })],
  },
  {
    name: 'stale-while-revalidate', rfc: '9213 2.2', level: 'should',
    steps: [asks(ok(cdn('max-age=10, stale-while-revalidate=600'), NO, 'Age: 20')), reuses({ behind: ok(cdn('max-age=60'), NO) }), pause(400), reuses({ of: 2 })],
  },
  {
    name: 'public allows what was asked for with Authorization', rfc: '9213 2.2', level: 'may',
    steps: [asks(ok(cdn('public, max-age=60')), { send: ['Authorization: Basic YTph'] }), either(ok())],
  },
  {
    name: 'max-age alone does not', rfc: '9111 3.5', level: 'must',
    steps: [asks(ok(cdn('max-age=60'), 'Cache-Control: max-age=60'), { send: ['Authorization: Basic YTph'] }), asks(ok())],
  },
  {
    name: 'no-cache="..." keeps these fields from being given again', rfc: '9213 2.1', level: 'must',
    steps: [asks(ok(cdn('max-age=60, no-cache="X-A"'), 'X-A: 1')), either(ok(), { lacks: ['x-a'] })],
  },
  {
    name: 'a 304 can bring it', rfc: '9213 2.2', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60', 'Age: 100', 'ETag: "a"')), validates(unchanged('ETag: "a"', cdn('max-age=0'))), validates(unchanged('ETag: "a"'))],
  },
];

conformance('RFC 9213', { 'CDN-Cache-Control': all });
