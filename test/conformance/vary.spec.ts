import { ok } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, refuses, reuses, type Case, type Level } from './support/steps.js';

const varies = (...names: string[]) => ok('Cache-Control: max-age=60', ...names.map((name) => `Vary: ${name}`));

/** Two requests that are alike to a response with this Vary, or are not. */
const pair = (name: string, verdict: 'match' | 'differ' | 'either', [vary, first, second]: readonly (readonly string[])[], level?: Level): Case => {
  const send = second ?? [];
  const then = { match: reuses({ send }), differ: asks(ok(), { send }), either: either(ok(), { send }) }[verdict];
  return { name, rfc: '9111 4.1', level: level ?? ({ match: 'should', differ: 'must', either: 'may' } as const)[verdict], steps: [asks(varies(...(vary ?? [])), { send: first ?? [] }), then] };
};

const matching: readonly Case[] = [
  pair('the same value', 'match', [['X-A'], ['X-A: 1'], ['X-A: 1']]),
  pair('another value', 'differ', [['X-A'], ['X-A: 1'], ['X-A: 2']]),
  pair('absent both times', 'match', [['X-A'], [], []]),
  pair('absent, then there', 'differ', [['X-A'], [], ['X-A: 1']]),
  pair('there, then absent', 'differ', [['X-A'], ['X-A: 1'], []]),
  pair('absent, then empty', 'differ', [['X-A'], [], ['X-A:']]),
  pair('empty, then absent', 'differ', [['X-A'], ['X-A:'], []]),
  pair('empty both times', 'match', [['X-A'], ['X-A:'], ['X-A:']]),
  pair('a field that Vary does not name', 'match', [['X-A'], ['X-A: 1', 'X-B: 1'], ['X-A: 1', 'X-B: 2']]),
  pair('the name in another case in Vary', 'differ', [['x-A'], ['X-A: 1'], ['X-A: 2']]),
  pair('the name in another case in Vary, same value', 'match', [['x-A'], ['X-A: 1'], ['X-A: 1']]),
  pair('the name in another case in the request', 'match', [['X-A'], ['X-A: 1'], ['x-a: 1']]),
  pair('the value in another case, of a field nobody knows', 'differ', [['X-A'], ['X-A: a'], ['X-A: A']]),
  pair('the value in another case, of a field where it means nothing', 'either', [['Accept-Language'], ['Accept-Language: en'], ['Accept-Language: EN']]),
  pair('blanks about the value', 'match', [['X-A'], ['X-A: 1'], ['X-A:   1  ']]),
  pair('blanks between members', 'either', [['Accept'], ['Accept: a/a,b/b'], ['Accept: a/a,  b/b']]),
  pair('several lines as against one', 'match', [['X-A'], ['X-A: 1', 'X-A: 2'], ['X-A: 1, 2']]),
  pair('several lines, the same again', 'match', [['X-A'], ['X-A: 1', 'X-A: 2'], ['X-A: 1', 'X-A: 2']]),
  pair('several lines, one is another', 'differ', [['X-A'], ['X-A: 1', 'X-A: 2'], ['X-A: 1', 'X-A: 3']]),
  pair('a line more', 'differ', [['X-A'], ['X-A: 1'], ['X-A: 1', 'X-A: 2']]),
  pair('another order, of a field nobody knows', 'differ', [['X-A'], ['X-A: 1, 2'], ['X-A: 2, 1']]),
  pair('another order, of a field where it means nothing', 'either', [['Accept-Encoding'], ['Accept-Encoding: gzip, br'], ['Accept-Encoding: br, gzip']]),
  pair('two fields, both the same', 'match', [['X-A, X-B'], ['X-A: 1', 'X-B: 1'], ['X-B: 1', 'X-A: 1']]),
  pair('two fields, the first differs', 'differ', [['X-A, X-B'], ['X-A: 1', 'X-B: 1'], ['X-A: 2', 'X-B: 1']]),
  pair('two fields, the second differs', 'differ', [['X-A, X-B'], ['X-A: 1', 'X-B: 1'], ['X-A: 1', 'X-B: 2']]),
  pair('two fields, values swapped', 'differ', [['X-A, X-B'], ['X-A: 1', 'X-B: 2'], ['X-A: 2', 'X-B: 1']]),
  pair('two lines of Vary, both the same', 'match', [['X-A', 'X-B'], ['X-A: 1', 'X-B: 1'], ['X-A: 1', 'X-B: 1']]),
  pair('two lines of Vary, that of the second differs', 'differ', [['X-A', 'X-B'], ['X-A: 1', 'X-B: 1'], ['X-A: 1', 'X-B: 2']]),
  pair('no blanks and empty members in Vary', 'differ', [[',X-A,,X-B, '], ['X-A: 1', 'X-B: 1'], ['X-A: 1', 'X-B: 2']]),
  pair('a value that looks like a separator', 'differ', [['X-A, X-B'], ['X-A: 1', 'X-B: 2'], ['X-A: 1, X-B: 2']]),
  pair('an empty Vary', 'match', [[''], ['X-A: 1'], ['X-A: 2']]),
  pair('a long Vary', 'differ', [[Array.from({ length: 40 }, (_, i) => `X-${i}`).join()], ['X-39: 1'], ['X-39: 2']]),
  pair('*', 'differ', [['*'], [], []]),
  pair('* with the very same fields', 'differ', [['*'], ['X-A: 1'], ['X-A: 1']]),
  pair('* behind a name', 'differ', [['X-A, *'], ['X-A: 1'], ['X-A: 1']]),
  pair('* before a name', 'differ', [['*, X-A'], ['X-A: 1'], ['X-A: 1']]),
  pair('* in a second line', 'differ', [['X-A', '*'], ['X-A: 1'], ['X-A: 1']]),
  pair('* in a first line', 'differ', [['*', 'X-A'], ['X-A: 1'], ['X-A: 1']]),
  pair('User-Agent', 'differ', [['User-Agent'], ['User-Agent: a'], ['User-Agent: b']]),
  pair('Origin', 'differ', [['Origin'], ['Origin: http://a.example'], ['Origin: http://b.example']]),
  pair('Accept-Encoding, absent and identity', 'either', [['Accept-Encoding'], [], ['Accept-Encoding: identity']]),
];

const A = { send: ['X-A: a'] };
const B = { send: ['X-A: b'] };

const variants: readonly Case[] = [
  {
    name: 'two variants are stored side by side', rfc: '9111 4.1', level: 'should',
    steps: [asks(varies('X-A'), A), asks(varies('X-A'), B), reuses({ ...A, of: 1 }), reuses({ ...B, of: 2 })],
  },
  {
    name: 'the third does not push the first out', rfc: '9111 4.1', level: 'should',
    steps: [asks(varies('X-A'), A), asks(varies('X-A'), B), asks(varies('X-A')), reuses({ ...A, of: 1 }), reuses({ ...B, of: 2 }), reuses({ of: 3 })],
  },
  {
    name: 'of two for the same fields the latest is used', rfc: '9111 4', level: 'must',
    steps: [asks(varies('X-A'), A), asks(varies('X-A'), { send: ['X-A: a', 'Cache-Control: no-cache'] }), reuses({ ...A, of: 2 })],
  },
  {
    name: 'a Vary that comes later holds for what comes with it: the third caller does not get it', rfc: '9111 4.1', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60'), A), asks(varies('X-A'), { send: ['X-A: b', 'Cache-Control: no-cache'] }), either(ok(), { send: ['X-A: c'], of: 1 })],
  },
  {
    name: 'what has no Vary serves everybody; what was stored before with one may go on', rfc: '9111 4.1', level: 'may',
    steps: [asks(varies('X-A'), A), asks(ok('Cache-Control: max-age=60'), B), reuses({ ...A, text: /^answer [12]$/ }), reuses({ send: ['X-A: c'], of: 2 })],
  },
  {
    name: 'variants by different fields', rfc: '9111 4.1', level: 'must',
    steps: [asks(varies('X-A'), { send: ['X-A: 1', 'X-B: 1'] }), asks(varies('X-B'), { send: ['X-A: 2', 'X-B: 2'] }), asks(ok(), { send: ['X-A: 3', 'X-B: 3'] })],
  },
  {
    name: 'a variant of one URL is none of another', rfc: '9111 4', level: 'must',
    steps: [asks(varies('X-A'), A), asks(ok(), { ...A, path: '/else' })],
  },
];

const FRESH = 'Cache-Control: max-age=60';
const other = (name: string, first: string, second: string): Case =>
  ({ name, rfc: '9111 4', level: 'must', steps: [asks(ok(FRESH), { path: first }), asks(ok(), { path: second })] });

const keys: readonly Case[] = [
  other('another path', '/a', '/b'),
  other('a slash more', '/a', '/a/'),
  other('the path in another case', '/a', '/A'),
  other('a query', '/a', '/a?b'),
  other('an empty query', '/a', '/a?'),
  other('another value in the query', '/a?b=1', '/a?b=2'),
  other('another order of the query', '/a?b=1&c=2', '/a?c=2&b=1'),
  other('a parameter twice', '/a?b=1', '/a?b=1&b=1'),
  other('an encoded separator in the query', '/a?b=1&c=2', '/a?b=1%26c=2'),
  { name: 'an encoded slash is another path: here it is refused', rfc: '9111 4', level: 'must', steps: [asks(ok(FRESH), { path: '/a/b' }), refuses(400, { path: '/a%2Fb' })] },
  { name: 'the same query', rfc: '9111 4', level: 'should', steps: [asks(ok(FRESH), { path: '?b=1&c=%20' }), reuses({ path: '?b=1&c=%20' })] },
  { name: 'another host', rfc: '9111 4', level: 'must', steps: [asks(ok(FRESH), { send: ['Host: a.example'] }), asks(ok(), { send: ['Host: b.example'] })] },
  { name: 'the same host', rfc: '9111 4', level: 'should', steps: [asks(ok(FRESH), { send: ['Host: a.example'] }), reuses({ send: ['Host: a.example'] })] },
  { name: 'the same host on another port', rfc: '9111 4', level: 'must', steps: [asks(ok(FRESH), { send: ['Host: a.example'] }), asks(ok(), { send: ['Host: a.example:8080'] })] },
  { name: 'the host in another case', rfc: '9110 4.2.3', level: 'may', steps: [asks(ok(FRESH), { send: ['Host: a.example'] }), either(ok(), { send: ['Host: A.Example'] })] },
  { name: 'an unreserved character, encoded', rfc: '9110 4.2.3', level: 'may', steps: [asks(ok(FRESH), { path: '/~a' }), either(ok(), { path: '/%7Ea', of: 1 })] },
  { name: 'X-Forwarded-Host does not stand for the host', rfc: '9111 7.1', level: 'must', steps: [asks(ok(FRESH), { send: ['Host: a.example', 'X-Forwarded-Host: b.example'] }), asks(ok(), { send: ['Host: b.example'] })] },
];

conformance('RFC 9111 4 and 4.1: choosing a response', {
  '9111 4.1: Vary': matching,
  '9111 4.1: variants': variants,
  '9111 4: the cache key': keys,
});
