import { stored } from './cache.fixture.js';
import { readRecord, writeRecord } from './record-text.js';

const NOW = 1_000;
const through = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a record in Redis', () => {
  it.each([
    ['a response', stored(Buffer.from([0, 255, 128]), { headers: ['Set', 'é', 'Set', ''], trailers: ['X', 'y'], vary: { a: null, b: 'c' }, tags: ['t'], at: 7 })],
    ['an empty one', stored()],
    ['variants', { kind: 'variants', generation: 'g', names: [['a', 'b'], ['c']] } as const],
  ])('comes back as it was: %s', (_what, record) => {
    expect(readRecord(through(writeRecord(record, { keep: 10, tags: ['t', 'u'] }, NOW)), NOW + 4)).toEqual({ record, keeping: { keep: 6, tags: ['t', 'u'] } });
    expect(readRecord(through(writeRecord(record, { keep: Infinity, tags: [] }, NOW)), NOW + 1e12)).toEqual({ record, keeping: { keep: Infinity, tags: [] } });
  });

  const written = through(writeRecord(stored('a'), { keep: 10, tags: [] }, NOW)) as { record: { response: object } };
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['text', 'hello'],
    ['a number', 7],
    ['another version', { ...written, version: 2 }],
    ['no version', { record: written.record }],
    ['another kind', { ...written, record: { kind: 'blob' } }],
    ['something more', { ...written, more: true }],
    ['half a header', { ...written, record: { kind: 'response', response: { ...written.record.response, headers: ['a'] } } }],
    ['a number for a header', { ...written, record: { kind: 'response', response: { ...written.record.response, headers: ['a', 1] } } }],
    ...(['\r\nA: b', 'a\u0000', 'a\u0100'].map((value) => [`a field with ${JSON.stringify(value)}`, { ...written, record: { kind: 'response', response: { ...written.record.response, headers: ['a', value] } } }] as [string, unknown])),
    ...([['b c', 'd'], ['', 'd'], ['Content-Length', '0'], ['content-length', '+1'], ['Transfer-Encoding', 'chunked'], ['Connection', 'close']].map((headers) => [`the field ${headers.join(': ')}`, { ...written, record: { kind: 'response', response: { ...written.record.response, headers } } }] as [string, unknown])),
    ['a trailer that splits', { ...written, record: { kind: 'response', response: { ...written.record.response, trailers: ['a', '\n'] } } }],
    ...([99, 101, 600].map((status) => [`status ${status}`, { ...written, record: { kind: 'response', response: { ...written.record.response, status } } }] as [string, unknown])),
    ['variants by nothing', { ...written, record: { kind: 'variants', generation: 'g', names: [] } }],
    ['variants by an empty list', { ...written, record: { kind: 'variants', generation: 'g', names: [[]] } }],
    ['variants by very much', { ...written, record: { kind: 'variants', generation: 'g', names: Array.from({ length: 17 }, () => ['a']) } }],
    ['one that is over', { ...written, until: NOW }],
  ])('is none: %s', (_what, value) => expect(readRecord(value, NOW)).toBeNull());
});
