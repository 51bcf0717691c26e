import { ok, says, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, reuses, validates, type Case } from './support/steps.js';

const FRESH = 'Cache-Control: max-age=60';

/** One response with a field more; what the field is like when the response is given again. */
const kept = (name: string, lines: readonly string[], has: Record<string, string>): Case =>
  ({ name, rfc: '9111 3.1', level: 'must', steps: [asks(ok(FRESH, ...lines), { has }), reuses({ has })] });

const dropped = (name: string, rfc: string, lines: readonly string[], lacks: readonly string[]): Case =>
  ({ name, rfc, level: 'must', steps: [asks(ok(FRESH, ...lines)), reuses({ lacks })] });

const all: readonly Case[] = [
  kept('a field nobody knows', ['X-Unheard-Of: a b c'], { 'x-unheard-of': 'a b c' }),
  kept('several lines of one field, in order', ['X-A: 1', 'X-B: 2', 'X-A: 3'], { 'x-a': '1, 3', 'x-b': '2' }),
  kept('an empty value', ['X-A:'], { 'x-a': '' }),
  kept('metadata of the content', ['Content-Type: text/x-odd;a="b, c"', 'Content-Language: fr', 'Content-Location: /else'], { 'content-type': 'text/x-odd;a="b, c"', 'content-language': 'fr', 'content-location': '/else' }),
  kept('the coding of the content', ['Content-Encoding: odd', 'ETag: "a"'], { 'content-encoding': 'odd', etag: '"a"' }),
  kept('Link, in several lines', ['Link: </a.css>; rel=preload', 'Link: </b.js>; rel=preload'], { link: '</a.css>; rel=preload, </b.js>; rel=preload' }),
  kept('Cache-Control as it came, unknown directives and all', ['Cache-Control: Odd=1,  x="y, z"'], { 'cache-control': 'max-age=60, Odd=1,  x="y, z"' }),
  kept('Expires, though max-age rules', ['Expires: 0'], { expires: '0' }),
  kept('Vary', ['Vary: X-Nothing'], { vary: 'X-Nothing' }),
  kept('Pragma', ['Pragma: odd'], { pragma: 'odd' }),
  kept('bytes beyond ASCII', ['X-Name: caf\xe9'], { 'x-name': 'caf\xe9' }),
  dropped('what Connection names', '9110 7.6.1', ['Connection: X-Hop', 'X-Hop: 1'], ['x-hop']),
  dropped('whatever the case of its names', '9110 7.6.1', ['Connection: keep-alive, x-HOP ,X-Other', 'X-Hop: 1', 'x-other: 2'], ['x-hop', 'x-other']),
  dropped('Keep-Alive, Proxy-Connection and Upgrade', '9110 7.6.1', ['Keep-Alive: timeout=77', 'Proxy-Connection: close', 'Upgrade: odd'], ['proxy-connection', 'upgrade']),
  dropped('Proxy-Authenticate', '9111 3.1', ['Proxy-Authenticate: Basic realm="a"'], ['proxy-authenticate']),
  dropped('Proxy-Authentication-Info', '9111 3.1', ['Proxy-Authentication-Info: a=1'], ['proxy-authentication-info']),
  dropped('Proxy-Authorization', '9111 3.1', ['Proxy-Authorization: Basic YTph'], ['proxy-authorization']),
  {
    name: 'Set-Cookie is for the client that caused it, and for no other', rfc: '9111 7.3', level: 'may',
    steps: [asks(ok(FRESH, 'Set-Cookie: a=1', 'Set-Cookie: b=2; HttpOnly'), { has: { 'set-cookie': 'a=1, b=2; HttpOnly' } }), either(ok(), { lacks: ['set-cookie'] })],
  },
  {
    name: 'Set-Cookie of a 304 is not stored either', rfc: '9111 7.3', level: 'may',
    steps: [asks(ok(FRESH, 'Age: 100', 'ETag: "a"')), validates(unchanged(FRESH, 'ETag: "a"', 'Set-Cookie: a=1')), either(ok(), { lacks: ['set-cookie'] })],
  },
  {
    name: 'private="..." keeps these fields out of the store', rfc: '9111 5.2.2.7', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60, private="X-A"', 'X-A: 1', 'X-B: 2'), { has: { 'x-a': '1' } }), either(ok('X-B: 2'), { lacks: ['x-a'], has: { 'x-b': '2' } })],
  },
  {
    name: 'several of them, in any case', rfc: '9111 5.2.2.7', level: 'must',
    steps: [asks(ok('Cache-Control: private="x-a,  X-b", max-age=60', 'X-A: 1', 'X-B: 2')), either(ok(), { lacks: ['x-a', 'x-b'] })],
  },
  {
    name: 'as a token too', rfc: '9111 5.2', level: 'should',
    steps: [asks(ok('Cache-Control: private=X-A, max-age=60', 'X-A: 1')), either(ok(), { lacks: ['x-a'] })],
  },
  {
    name: 'no-cache="..." keeps these fields from being given again unasked', rfc: '9111 5.2.2.4', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60, no-cache="X-A"', 'X-A: 1', 'X-B: 2'), { has: { 'x-a': '1' } }), either(ok('X-B: 2'), { lacks: ['x-a'], has: { 'x-b': '2' } })],
  },
  {
    name: 'several of them, in any case', rfc: '9111 5.2.2.4', level: 'must',
    steps: [asks(ok('Cache-Control: no-cache="x-a , X-b", max-age=60', 'X-A: 1', 'X-B: 2')), either(ok(), { lacks: ['x-a', 'x-b'] })],
  },
  {
    name: 'as a token too', rfc: '9111 5.2', level: 'should',
    steps: [asks(ok('Cache-Control: no-cache=X-A, max-age=60', 'X-A: 1')), either(ok(), { lacks: ['x-a'] })],
  },
  {
    name: 'private="..." and a bare private: the stricter holds', rfc: '9111 4.2.1', level: 'should',
    steps: [asks(ok('Cache-Control: private="X-A", private, max-age=60')), asks(ok())],
  },
  {
    name: 'no-cache="..." and a bare no-cache: the stricter holds', rfc: '9111 4.2.1', level: 'should',
    steps: [asks(ok('Cache-Control: no-cache="X-A", no-cache, max-age=60')), asks(ok())],
  },
];

const bodies: readonly Case[] = [
  {
    name: 'a body in chunks, the same again', rfc: '9112 7.1', level: 'should',
    steps: [asks({ ...ok(FRESH), framing: 'chunked', body: 'one two three' }), reuses({ lacks: ['trailer'] })],
  },
  {
    name: 'a body that the end of the connection ends', rfc: '9112 6.3', level: 'may',
    steps: [asks({ ...ok(FRESH), framing: 'close' }), either(ok())],
  },
  {
    name: 'an empty body', rfc: '9111 3', level: 'should',
    steps: [asks({ ...ok(FRESH), body: '' }), reuses({ text: '' })],
  },
  {
    name: 'a body of 300 kB', rfc: '9111 3', level: 'should',
    steps: [asks({ ...ok(FRESH), body: '0123456789abcdefghijklmnopqrst'.repeat(10_000) }), reuses()],
  },
  {
    name: 'a body that breaks off is none', rfc: '9111 3.3', level: 'must',
    steps: [asks({ ...ok(FRESH), framing: 'cut' }, { broken: true }), asks(ok())],
  },
  {
    name: 'a body whose last chunk is missing is none', rfc: '9111 3.3', level: 'must',
    steps: [asks({ ...ok(FRESH), framing: 'cut-chunked' }, { broken: true }), asks(ok())],
  },
  {
    name: 'what breaks off does not replace what is whole', rfc: '9111 3.3', level: 'must',
    steps: [asks(ok(FRESH)), asks({ ...ok(FRESH), framing: 'cut' }, { broken: true, send: ['Cache-Control: no-cache'] }), either(ok(), { of: 1 })],
  },
  {
    name: 'trailers do not become header fields', rfc: '9111 3.1', level: 'must',
    steps: [asks({ ...ok(FRESH, 'Trailer: X-Sum'), trailers: ['X-Sum: 42'] }, { send: ['TE: trailers'], trailers: { 'x-sum': '42' } }), reuses({ lacks: ['x-sum'] })],
  },
  {
    name: 'trailers do not replace header fields', rfc: '9111 3.1', level: 'must',
    steps: [asks({ ...ok(FRESH, 'X-Sum: 1'), trailers: ['X-Sum: 2'] }), reuses({ has: { 'x-sum': '1' } })],
  },
  {
    name: 'trailers cannot make a response storable', rfc: '9111 3.1', level: 'must',
    steps: [asks({ ...ok(), trailers: ['Cache-Control: max-age=60'] }), asks(ok())],
  },
  {
    name: 'interim responses are passed on, and not stored', rfc: '9110 15.2', level: 'must',
    steps: [asks({ ...ok(FRESH), before: 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n' }, { interim: [103], lacks: ['link'] }), reuses({ interim: [], lacks: ['link'] })],
  },
  {
    name: 'Cache-Control of an interim response says nothing of the final one', rfc: '9111 3', level: 'must',
    steps: [asks({ ...ok(), before: 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nCache-Control: max-age=60\r\n\r\n' }), asks(ok())],
  },
  {
    name: 'Date stays the same', rfc: '9110 6.6.1', level: 'must',
    steps: [asks(ok(FRESH, 'Date: {now-7}')), reuses({ same: ['date'] })],
  },
  {
    name: 'a response without a Date gets one when it is stored', rfc: '9110 6.6.1', level: 'must',
    steps: [asks({ ...ok(FRESH), undated: true }), reuses({ has: { date: /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/ } })],
  },
  {
    name: 'no Warning is made up', rfc: '9111 5.5', level: 'should',
    steps: [asks(ok('Cache-Control: max-age=10, stale-if-error=600', 'Age: 20')), asks(says(503), { status: 200, text: 'answer 1', lacks: ['warning'] })],
  },
];

const GZIP = { send: ['Accept-Encoding: gzip'] };
const long = (directives: string) => ({ ...ok(`Cache-Control: ${directives}`, 'Content-Type: text/plain', 'ETag: "a"'), body: 'so it goes on, '.repeat(300) });

/** The gateway compresses, outside of the cache. */
const transformed: readonly Case[] = [
  {
    name: 'no-transform: neither the first time nor later', rfc: '9111 5.2.2.6', level: 'must',
    steps: [asks(long('max-age=60, no-transform'), { ...GZIP, lacks: ['content-encoding'] }), reuses({ ...GZIP, lacks: ['content-encoding'], has: { etag: '"a"' } })],
  },
  {
    name: 'what was compressed for one client is not given to one that cannot read it', rfc: '9110 12.5.3', level: 'must',
    steps: [asks(long('max-age=60'), { ...GZIP, text: /./ }), reuses({ lacks: ['content-encoding'], has: { etag: '"a"' } })],
  },
  {
    name: 'a tag that went out with compressed content is known again', rfc: '9110 8.8.3.3', level: 'should',
    steps: [asks(long('max-age=60')), reuses({ ...GZIP, text: /./ }), reuses({ send: ['Accept-Encoding: gzip', 'If-None-Match: W/"a"'], status: 304 })],
  },
  {
    name: 'parts are parts of what is not compressed', rfc: '9110 14.2', level: 'must',
    steps: [asks(long('max-age=60')), reuses({ send: ['Accept-Encoding: gzip', 'Range: bytes=0-2500'], status: 206, text: 'so it goes on, '.repeat(300).slice(0, 2_501), lacks: ['content-encoding'] })],
  },
];

conformance('RFC 9111 3.1 and 3.3: what is stored of a response', {
  '9111 3.1: fields': all,
  '9111 3.1 and 3.3: bodies, trailers, interim responses': bodies,
  '9111 5.2.2.6: compression': transformed,
});
