import { ok, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, notStored, pause, reuses, validates, type Case, type Level } from './support/steps.js';

const FRESH = 'Cache-Control: max-age=3600';
const NONE = [0, 8] as const;

/** A response with these fields is reused with an Age between two bounds. */
const aged = (name: string, bounds: readonly [number, number], level: Level, ...lines: string[]): Case =>
  ({ name, rfc: '9111 4.2.3', level, steps: [asks(ok(FRESH, ...lines)), reuses({ has: { age: bounds } })] });

const ignored = (value: string): Case => ({ ...aged(`${JSON.stringify(value)} is not an age`, NONE, 'should', `Age: ${value}`), rfc: '9111 5.1' });

const all: readonly Case[] = [
  aged('none given', NONE, 'must'),
  aged('Age: 30', [30, 38], 'must', 'Age: 30'),
  aged('Age: 0', NONE, 'must', 'Age: 0'),
  aged('Age: 0030', [30, 38], 'must', 'Age: 0030'),
  aged('a Date of some time ago', [60, 70], 'may', 'Date: {now-60}'),
  aged('a Date of some time ago, and a greater Age', [90, 98], 'must', 'Date: {now-60}', 'Age: 90'),
  aged('a Date in the future', NONE, 'must', 'Date: {now+600}'),
  aged('a Date in the future, and an Age', [30, 38], 'must', 'Date: {now+600}', 'Age: 30'),
  aged('a Date that is none', NONE, 'may', 'Date: yesterday'),
  ...['abc', '-5', '1.5', '', '30s', '0x10', '+30', '"30"', '3 0', '1e3', 'NaN'].map(ignored),
  { ...aged('several members: the first counts', [30, 38], 'should', 'Age: 30, 5000'), rfc: '9111 5.1' },
  { ...aged('several members: the first counts, whatever the second is', [30, 38], 'should', 'Age: 30, abc'), rfc: '9111 5.1' },
  { ...aged('several lines: the first counts', [30, 38], 'should', 'Age: 30', 'Age: 5000'), rfc: '9111 5.1' },
  { ...aged('several members: the first is none', NONE, 'should', 'Age: abc, 30'), rfc: '9111 5.1' },
  notStored('several members: the first makes it stale', '9111 5.1', [FRESH, 'Age: 5000, 30'], 'should'),
  notStored('several lines: the first makes it stale', '9111 5.1', [FRESH, 'Age: 5000', 'Age: 30'], 'should'),
  notStored('an Age equal to the lifetime: stale', '9111 4.2', [FRESH, 'Age: 3600']),
  notStored('an Age beyond the lifetime: stale', '9111 4.2', [FRESH, 'Age: 3601']),
  notStored('an Age beyond s-maxage', '9111 4.2', ['Cache-Control: s-maxage=10, max-age=3600', 'Age: 20']),
  notStored('an Age beyond Expires', '9111 4.2', ['Date: {now}', 'Expires: {now+10}', 'Age: 20']),
  notStored('2147483648', '9111 1.2.2', [FRESH, 'Age: 2147483648']),
  notStored('4294967297 is not 1', '9111 1.2.2', [FRESH, 'Age: 4294967297']),
  notStored('9999999999999999999999 is not ignored', '9111 1.2.2', [FRESH, 'Age: 9999999999999999999999']),
  notStored('400 digits', '9111 1.2.2', [FRESH, `Age: ${'9'.repeat(400)}`]),
  {
    name: 'an endless age of an endless lifetime: stale, or a number', rfc: '9111 1.2.2', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=99999999999999999999', 'Age: 99999999999999999999')), either(ok())],
  },
  {
    name: 'a first response passes with its Age', rfc: '9111 5.1', level: 'must',
    steps: [asks(ok(FRESH, 'Age: 30'), { has: { age: '30' } })],
  },
  {
    name: 'the time the response took counts', rfc: '9111 4.2.3', level: 'must',
    steps: [asks({ ...ok(FRESH), delay: 2_100 }), reuses({ has: { age: [2, 12] } })],
  },
  {
    name: 'the time the response took can use its lifetime up', rfc: '9111 4.2.3', level: 'must',
    steps: [asks({ ...ok('Cache-Control: max-age=1'), delay: 1_300 }), asks(ok())],
  },
  {
    name: 'the time it was stored counts', rfc: '9111 4.2.3', level: 'must',
    steps: [asks(ok(FRESH, 'Age: 30')), pause(2_100), reuses({ has: { age: [32, 42] } })],
  },
  {
    name: 'validation sets it back', rfc: '9111 4.2.3', level: 'should',
    steps: [asks(ok('Cache-Control: max-age=60', 'ETag: "a"', 'Age: 100')), validates(unchanged('ETag: "a"')), reuses({ has: { age: NONE } })],
  },
  {
    name: 'validation by another cache brings its Age', rfc: '9111 4.2.3', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60', 'ETag: "a"', 'Age: 100')), validates(unchanged('ETag: "a"', 'Age: 20')), reuses({ has: { age: [20, 28] } })],
  },
  {
    name: 'validation by another cache whose response is stale', rfc: '9111 4.2.3', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60', 'ETag: "a"', 'Age: 100')), validates(unchanged('ETag: "a"', 'Age: 90')), validates(unchanged('ETag: "a"'))],
  },
];

conformance('RFC 9111 4.2.3 and 5.1', { Age: all });
