import type { IncomingHttpHeaders } from 'node:http';
import { Exchange, HeaderList } from '#libs/kernel';
import { compileTraceHeaders, compileTraceId } from './trace-context.js';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = `00-${trace}-00f067aa0ba902b7-01`;
/** Random text that can be told apart: `aa…` for span ids, `bb…` for trace ids. */
const hex = (bytes: number) => (bytes === 8 ? 'aa' : 'bb').repeat(bytes);
const fresh = 'bb'.repeat(16);

it.each([
  [parent, trace],
  [`00-${trace}-00f067aa0ba902b7-00`, trace],
  [`cc-${trace}-00f067aa0ba902b7-01-more`, trace],
  [`cc-${trace}-00f067aa0ba902b7-01`, trace],
  [undefined, fresh],
  ['', fresh],
  [parent.toUpperCase(), fresh],
  [`${parent}-more`, fresh],
  [`${parent} `, fresh],
  [`${parent}, ${parent}`, fresh],
  [`ff-${trace}-00f067aa0ba902b7-01`, fresh],
  [`cc-${trace}-00f067aa0ba902b7-01.more`, fresh],
  [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, fresh],
  [`00-${trace}-${'0'.repeat(16)}-01`, fresh],
  [`00-${trace.slice(1)}-00f067aa0ba902b7-01`, fresh],
  [`00-${trace}-00f067aa0ba902b7-1`, fresh],
])('traceparent %s is of trace %s', (traceparent, expected) => {
  expect(compileTraceId(hex)(traceparent === undefined ? {} : { traceparent })).toBe(expected);
});

it('makes ids that differ', () => {
  const traceId = compileTraceId();
  expect(traceId({})).toMatch(/^[0-9a-f]{32}$/);
  expect(traceId({})).not.toBe(traceId({}));
});

function sent(headers: IncomingHttpHeaders): string[] {
  const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers, rawHeaders: [], startedAt: 0 });
  exchange.traceId = compileTraceId(hex)(headers);
  const list = new HeaderList();
  compileTraceHeaders(hex)(exchange, list);
  return list.flat;
}

const span = 'aa'.repeat(8);
const many = (count: number) => Array.from({ length: count }, (_, i) => `v${i}=x`).join(',');

it.each<[string, IncomingHttpHeaders, string[]]>([
  ['continues a trace with a span of its own', { traceparent: parent }, ['traceparent', `00-${trace}-${span}-01`]],
  ['keeps only the flags it knows', { traceparent: `00-${trace}-00f067aa0ba902b7-ff` }, ['traceparent', `00-${trace}-${span}-03`]],
  ['speaks version 00 to a service', { traceparent: `cc-${trace}-00f067aa0ba902b7-01-more` }, ['traceparent', `00-${trace}-${span}-01`]],
  ['starts a trace that is not sampled, whose id is random', {}, ['traceparent', `00-${fresh}-${span}-02`]],
  ['passes the state on', { traceparent: parent, tracestate: 'congo=t61rcWkgMzE , rojo=00f0,' }, ['traceparent', `00-${trace}-${span}-01`, 'tracestate', 'congo=t61rcWkgMzE,rojo=00f0']],
  ['passes 32 entries on', { traceparent: parent, tracestate: many(32) }, ['traceparent', `00-${trace}-${span}-01`, 'tracestate', many(32)]],
  ['drops more than 32', { traceparent: parent, tracestate: many(33) }, ['traceparent', `00-${trace}-${span}-01`]],
  ['drops a state that is broken', { traceparent: parent, tracestate: 'a=1,B=2' }, ['traceparent', `00-${trace}-${span}-01`]],
  ['drops an entry without a value', { traceparent: parent, tracestate: 'a=' }, ['traceparent', `00-${trace}-${span}-01`]],
  ['drops the state of a trace it did not continue', { traceparent: 'x', tracestate: 'a=1' }, ['traceparent', `00-${fresh}-${span}-02`]],
])('%s', (_, headers, expected) => {
  expect(sent(headers)).toEqual(expected);
});
