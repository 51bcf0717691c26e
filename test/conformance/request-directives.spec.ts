import { ok, says, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, refuses, reuses, validates, type Case, type Level } from './support/steps.js';

const TAG = 'ETag: "a"';
/** Twenty seconds old, forty to go. */
const STORED = ok('Cache-Control: max-age=60', 'Age: 20', TAG);
const STALE = ok('Cache-Control: max-age=60', 'Age: 100', TAG);
const wants = (value: string): { send: string[] } => ({ send: [`Cache-Control: ${value}`] });

const passes = (value: string, rfc: string, level: Level = 'should'): Case => ({ name: `${value}: what is stored will do`, rfc, level, steps: [asks(STORED), reuses(wants(value))] });
const asking = (value: string, rfc: string, level: Level = 'may'): Case => ({ name: `${value}: the origin is asked`, rfc, level, steps: [asks(STORED), validates(unchanged(TAG), { ...wants(value), upstream: { has: { 'if-none-match': '"a"' } } })] });
const open = (value: string, rfc: string): Case => ({ name: `${value}: either`, rfc, level: 'may', steps: [asks(STORED), either(ok(), wants(value))] });

const directives: readonly Case[] = [
  asking('max-age=0', '9111 5.2.1.1'),
  asking('max-age=10', '9111 5.2.1.1'),
  asking('Max-Age=10', '9111 5.2'),
  passes('max-age=40', '9111 5.2.1.1'),
  passes('max-age=99999999999999999999', '9111 1.2.2', 'must'),
  open('max-age=abc', '9111 5.2.1.1'),
  open('max-age', '9111 5.2.1.1'),
  open('max-age=-1', '9111 5.2.1.1'),
  open('max-age="10"', '9111 5.2.1.1'),
  asking('min-fresh=100', '9111 5.2.1.3'),
  passes('min-fresh=5', '9111 5.2.1.3'),
  open('min-fresh=abc', '9111 5.2.1.3'),
  asking('min-fresh=99999999999999999999', '9111 1.2.2'),
  passes('max-stale', '9111 5.2.1.2'),
  passes('max-stale=60', '9111 5.2.1.2'),
  asking('no-cache', '9111 5.2.1.4'),
  asking('NO-CACHE', '9111 5.2'),
  asking('odd, no-cache', '9111 5.2.1.4'),
  passes('no-transform', '9111 5.2.1.6'),
  passes('odd', '9111 5.2.3', 'must'),
  passes('odd="no-cache"', '9111 5.2.3', 'must'),
  passes('s-maxage=0', '9111 5.2', 'must'),
  passes('private', '9111 5.2', 'must'),
  passes('must-revalidate', '9111 5.2', 'must'),
  passes('only-if-cached', '9111 5.2.1.7'),
  open('no-store', '9111 5.2.1.5'),
  {
    name: 'Pragma: no-cache', rfc: '9111 5.4', level: 'may',
    steps: [asks(STORED), either(ok(), { send: ['Pragma: no-cache'] })],
  },
  {
    name: 'Pragma: no-cache beside a Cache-Control that allows it', rfc: '9111 5.4', level: 'may',
    steps: [asks(STORED), either(ok(), { send: ['Pragma: no-cache', 'Cache-Control: max-age=600'] })],
  },
];

const stored: readonly Case[] = [
  {
    name: 'what no-store asked for is not stored', rfc: '9111 5.2.1.5', level: 'must',
    steps: [asks(STORED, wants('no-store')), asks(ok())],
  },
  {
    name: 'in any case, among others', rfc: '9111 5.2.1.5', level: 'must',
    steps: [asks(STORED, wants('max-age=60, NO-STORE')), asks(ok())],
  },
  {
    name: 'nor does it take the place of what is', rfc: '9111 5.2.1.5', level: 'must',
    steps: [asks(STORED), asks(ok('Cache-Control: max-age=60'), wants('no-store, no-cache')), either(ok(), { of: 1 })],
  },
  {
    name: 'a 304 to no-store does not update what is stored', rfc: '9111 5.2.1.5', level: 'must',
    steps: [asks(STALE), asks(unchanged(TAG, 'X-A: 2', 'Cache-Control: max-age=60'), { ...wants('no-store'), status: 200, text: 'answer 1' }), either(ok(), { lacks: ['x-a'] })],
  },
  {
    name: 'what no-cache fetched is stored', rfc: '9111 5.2.1.4', level: 'should',
    steps: [asks(STORED), asks(ok('Cache-Control: max-age=60'), wants('no-cache')), reuses({ of: 2 })],
  },
  {
    name: 'no-cache with nothing stored', rfc: '9111 5.2.1.4', level: 'should',
    steps: [asks(STORED, wants('no-cache')), reuses()],
  },
  {
    name: 'max-age=0 of the request is no lifetime of the response', rfc: '9111 5.2', level: 'must',
    steps: [asks(STORED, wants('max-age=0')), reuses()],
  },
  {
    name: 'max-age of the request is no lifetime of the response', rfc: '9111 5.2', level: 'must',
    steps: [asks(ok(), wants('max-age=600')), asks(ok())],
  },
  {
    name: 'private of the request is not that of the response', rfc: '9111 5.2', level: 'must',
    steps: [asks(STORED, wants('private')), reuses()],
  },
  {
    name: 'public of the request is not that of the response', rfc: '9111 5.2', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60'), { send: ['Cache-Control: public', 'Authorization: Basic YTph'] }), asks(ok())],
  },
  ...['no-cache', 'max-age=7, odd="a, b"', 'no-transform', 'no-store'].map((value): Case => ({
    name: `${value} is passed on`, rfc: '9111 5.2', level: 'must',
    steps: [asks(STORED, { ...wants(value), upstream: { has: { 'cache-control': value } } })],
  })),
  {
    name: 'directives of the response are passed on', rfc: '9111 5.2', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60, odd="a, b", Private="x"'), { has: { 'cache-control': 'max-age=60, odd="a, b", Private="x"' } })],
  },
];

const only: readonly Case[] = [
  { name: 'nothing stored: 504', rfc: '9111 5.2.1.7', level: 'should', steps: [refuses(504, wants('only-if-cached'))] },
  { name: 'in any case', rfc: '9111 5.2.1.7', level: 'should', steps: [refuses(504, wants('Only-If-Cached'))] },
  { name: 'fresh', rfc: '9111 5.2.1.7', level: 'should', steps: [asks(STORED), reuses(wants('only-if-cached'))] },
  { name: 'stale: 504', rfc: '9111 5.2.1.7', level: 'should', steps: [asks(STALE), refuses(504, wants('only-if-cached'))] },
  { name: 'stale, and that will do', rfc: '9111 5.2.1.7', level: 'may', steps: [asks(STALE), reuses(wants('only-if-cached, max-stale'))] },
  { name: 'too old: 504', rfc: '9111 5.2.1.7', level: 'should', steps: [asks(STORED), refuses(504, wants('only-if-cached, max-age=5'))] },
  { name: 'not fresh for long enough: 504', rfc: '9111 5.2.1.7', level: 'should', steps: [asks(STORED), refuses(504, wants('only-if-cached, min-fresh=600'))] },
  { name: 'it would have to be validated: 504', rfc: '9111 5.2.1.7', level: 'should', steps: [asks(ok('Cache-Control: max-age=60, no-cache', TAG)), refuses(504, wants('only-if-cached'))] },
  { name: 'another variant: 504', rfc: '9111 5.2.1.7', level: 'should', steps: [asks(ok('Cache-Control: max-age=60', 'Vary: X-A')), refuses(504, { send: ['Cache-Control: only-if-cached', 'X-A: 1'] })] },
  { name: 'HEAD, of what GET stored', rfc: '9111 5.2.1.7', level: 'should', steps: [asks(STORED), reuses({ ...wants('only-if-cached'), method: 'HEAD', status: 200 })] },
  { name: '304, of what is stored', rfc: '9111 5.2.1.7', level: 'should', steps: [asks(STORED), reuses({ send: ['Cache-Control: only-if-cached', 'If-None-Match: "a"'], status: 304 })] },
  { name: 'a stored error', rfc: '9111 5.2.1.7', level: 'should', steps: [asks(says(404, 'Cache-Control: max-age=60')), reuses({ ...wants('only-if-cached'), status: 404 })] },
  { name: '504 is not stored', rfc: '9111 5.2.1.7', level: 'must', steps: [refuses(504, wants('only-if-cached')), asks(STORED), reuses()] },
  { name: 'a POST is none of its business', rfc: '9111 4', level: 'must', steps: [asks(ok(), { method: 'POST', content: 'x', ...wants('odd') })] },
];

conformance('RFC 9111 5.2.1: directives of requests', {
  '9111 5.2.1: directives of a request': directives,
  '9111 5.2.1: what they do to the store': stored,
  '9111 5.2.1.7: only-if-cached': only,
});
