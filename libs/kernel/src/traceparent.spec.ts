import { readTraceParent, writeTraceParent } from './traceparent.js';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

it.each<[string, ReturnType<typeof readTraceParent>]>([
  [`00-${trace}-${span}-01`, { traceId: trace, spanId: span, flags: 1 }],
  [`00-${trace}-${span}-00`, { traceId: trace, spanId: span, flags: 0 }],
  [`00-${trace}-${span}-ff`, { traceId: trace, spanId: span, flags: 3 }],
  [`cc-${trace}-${span}-03-later`, { traceId: trace, spanId: span, flags: 3 }],
  [`00-${trace}-${'0'.repeat(16)}-01`, null],
  [`00-${'0'.repeat(32)}-${span}-01`, null],
  [`00-${trace}-${span}-01-more`, null],
  [`ff-${trace}-${span}-01`, null],
  ['', null],
])('%s', (text, expected) => {
  expect(readTraceParent(text)).toEqual(expected);
  if (expected && text.startsWith('00-') && !text.endsWith('ff')) expect(writeTraceParent(expected)).toBe(text);
});

it.each([[undefined], [['a', 'b']]])('%j is none', (sent) => {
  expect(readTraceParent(sent)).toBeNull();
});
