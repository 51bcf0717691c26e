import { Exchange, traceFlags, type Route, type Target } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { Redaction } from '../redaction.js';
import { compileClientSpan } from './client-span.js';
import { compileServerSpan } from './server-span.js';
import { RecordedTry, SpanJournal } from './span-journal.js';

const SECRET = 'hunter2hunter2';
const ORIGIN = { resource: resourceFromAttributes({}), scope: { name: 'spec' } };
const redaction = Redaction.of({ redact: ['invite'], patterns: ['/reset/:token', '/join/:invite'] });
const pen = { clock: new FakeClock(0), hex: (bytes: number) => 'a'.repeat(bytes * 2) };
const target = { url: new URL('http://10.0.0.1:80'), basePath: '/base' } as Target;

/** The attributes of both spans of an exchange. */
function attributesOf(slots: Partial<Exchange>, sent: Partial<Exchange> = {}): Record<string, unknown>[] {
  const exchange = Object.assign(new Exchange({ method: 'GET', path: '/a', query: '', headers: {}, rawHeaders: [], startedAt: 0, ...sent }), { target, host: 'a.example', outgoing: { method: 'GET', path: sent.path, query: '', headers: null, body: null } }, slots);
  const journal = new SpanJournal({ traceId: 'a'.repeat(32), parent: null, flags: traceFlags.sampled, watched: true }, pen);
  const server = compileServerSpan({ redaction, query: true }, ORIGIN)(exchange, journal, { epoch: 0, endedAt: 1 });
  const client = compileClientSpan(redaction, ORIGIN)(new RecordedTry(journal, exchange, { startedAt: 0, spanId: 'b'.repeat(16) }), 'c'.repeat(16), 0);
  return [server.attributes, client.attributes];
}

describe('O3: what spans say', () => {
  it.each([['token', '/reset/'], ['invite', '/join/']])('no parameter of a path that is a secret: %s', (name, base) => {
    const [server, client] = attributesOf({ params: { [name]: SECRET }, route: { name: 'r', template: `${base}:${name}`, endpoint: null } as Route }, { path: base + SECRET });
    expect([server?.['url.path'], client?.['url.full']]).toEqual([`${base}[redacted]`, `http://10.0.0.1/base${base}[redacted]`]);
    expect(JSON.stringify([server, client])).not.toContain(SECRET);
  });

  it('not more of a text than anybody reads: thousands of them may wait for the collector', () => {
    const long = 'x'.repeat(8_000);
    for (const attributes of attributesOf({ host: long }, { path: `/${long}`, query: `?${long}`, headers: { 'user-agent': long } })) expect(JSON.stringify(attributes).length).toBeLessThan(6_000);
  });

  it.each([['a.example:8080', 8080], ['a.example', 80], ['[::1]:65535', 65_535], [`a.example:${'9'.repeat(30)}`, undefined], ['a.example:65536', undefined]])('the port of %s', (host, port) => {
    expect(attributesOf({ host })[0]?.['server.port']).toBe(port);
  });
});
