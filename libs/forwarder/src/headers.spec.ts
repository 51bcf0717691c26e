import { Exchange } from '#libs/kernel';
import { Readable } from 'node:stream';
import { classifyFailure } from './failure.js';
import { compileHeaderCopy } from './request-headers.js';
import { copyResponseHeaders, copyTrailers } from './response-headers.js';

function arriving(rawHeaders: string[], body: Readable | null = null): Exchange {
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) headers[(rawHeaders[i] as string).toLowerCase()] = rawHeaders[i + 1] as string;
  const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers, rawHeaders, startedAt: 0 });
  exchange.body = body;
  return exchange;
}
const nothing = (): boolean => false;

describe('compileHeaderCopy', () => {
  it.each([
    ['hop-by-hop fields', ['Keep-Alive', '5', 'TE', 'gzip', 'Proxy-Authorization', 'x', 'Upgrade', 'h2c', 'X-A', '1'], ['X-A', '1']],
    ['what Connection names', ['Connection', 'close, X-Drop', 'x-drop', '1', 'X-A', '1'], ['X-A', '1']],
    ['what is ours to write', ['Host', 'a', 'Expect', '100-continue', 'X-A', '1'], ['X-A', '1']],
    ['a length without a body', ['Content-Length', '0', 'X-A', '1'], ['X-A', '1']],
  ])('drops %s', (_what, sent, kept) => {
    expect(compileHeaderCopy(nothing)(arriving(sent)).flat).toEqual(kept);
  });

  it('does not let Connection drop what gives the message its meaning', () => {
    const sent = ['Connection', 'Content-Type, Authorization, Cache-Control', 'Content-Type', 'a/b', 'Authorization', 'x', 'Cache-Control', 'no-store'];
    expect(compileHeaderCopy(nothing)(arriving(sent)).flat).toEqual(sent.slice(2));
  });

  it('keeps case, order and repetition', () => {
    const sent = ['X-B', '1', 'x-a', '2', 'X-B', '3'];
    expect(compileHeaderCopy(nothing)(arriving(sent)).flat).toEqual(sent);
  });

  it('keeps the length of a body, and the wish for trailers', () => {
    const { flat } = compileHeaderCopy(nothing)(arriving(['Content-Length', '3', 'TE', 'gzip, trailers'], Readable.from(['abc'])));
    expect(flat).toEqual(['Content-Length', '3', 'te', 'trailers']);
  });

  it('gives the same answer for a spelling it remembers, and after a flood of others', () => {
    const asked: string[] = [];
    const copy = compileHeaderCopy((name) => { asked.push(name); return name === 'x-drop'; });
    const sent = ['X-Drop', '1', 'X-Keep', '2'];
    expect([copy(arriving(sent)).flat, copy(arriving(sent)).flat, asked]).toEqual([['X-Keep', '2'], ['X-Keep', '2'], ['x-drop', 'x-keep']]);
    for (let i = 0; i < 3_000; i++) copy(arriving([`X-${i}`, '']));
    expect(copy(arriving(sent)).flat).toEqual(['X-Keep', '2']);
  });

  it('asks about every name in lower case', () => {
    expect(compileHeaderCopy((name) => name === 'x-secret')(arriving(['X-Secret', '1', 'X-A', '1'])).flat).toEqual(['X-A', '1']);
  });
});

describe('copyResponseHeaders', () => {
  it('drops hop-by-hop fields and what Connection names, keeps Trailer and repetition', () => {
    const fields = { connection: 'close, x-drop', 'x-drop': '1', 'transfer-encoding': 'chunked', trailer: 'x-sum', 'set-cookie': ['a=1', 'b=2'] };
    expect(copyResponseHeaders(fields).flat).toEqual(['trailer', 'x-sum', 'set-cookie', 'a=1', 'set-cookie', 'b=2']);
  });

  it('has no trailers where there are none', () => {
    expect([copyTrailers({}), copyTrailers({ 'x-sum': '1' })]).toEqual([null, ['x-sum', '1']]);
  });
});

describe('classifyFailure', () => {
  const coded = (code: string): Error => Object.assign(new Error(code), { code });
  it.each([
    [coded('ECONNREFUSED'), 'connect', 'target-unreachable'],
    [coded('ENOTFOUND'), 'connect', 'target-unreachable'],
    [coded('ETIMEDOUT'), 'connect', 'connect-timeout'],
    [new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), 'connect', 'target-unreachable'],
    [coded('ECONNRESET'), 'response-head', 'bad-target-response'],
    [coded('UND_ERR_SOCKET'), 'response-body', 'bad-target-response'],
    [coded('UND_ERR_HEADERS_OVERFLOW'), 'response-head', 'bad-target-response'],
    [coded('UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'), 'request-body', 'malformed-request'],
    [new Error('no code'), 'connect', 'target-unreachable'],
  ] as const)('%s while in %s is %s', (error, phase, code) => {
    const problem = classifyFailure(error, phase);
    expect([problem.type.code, problem.extras.cause]).toEqual([code, error]);
  });
});
