import { entryOf, parseLine } from './entry.js';
import { notice } from './trail.fixture.js';

const NOW = 1_800_000_000_000;

it('gives a notice an id and a time, and its details an order', () => {
  const one = entryOf(notice({ details: { b: 1, a: [true as unknown as string, 'x'] } }), NOW);
  expect(one).toMatchObject({ at: NOW, action: 'login', outcome: 'done', actor: 'account:1', client: '192.0.2.1', requestId: 'r-1' });
  expect(JSON.stringify(one.details)).toBe('{"a":["true","x"],"b":1}');
  expect(one.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-/);
  expect(entryOf(notice(), NOW).id).not.toBe(one.id);
});

const TOKEN = `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(40)}.${'b'.repeat(40)}`;

it.each<[string, object, RegExp]>([
  ['a password by its name', { details: { newPassword: 'hunter2' } }, /hunter2/],
  ['a cookie by its name', { details: { cookie: 'hunter2' } }, /hunter2/],
  ['a token in a text', { details: { agent: `curl ${TOKEN}` } }, /eyJ/],
  ['a credential of a scheme', { details: { agent: 'Bearer s3cr3t-s3cr3t-s3cr3t' } }, /s3cr3t/],
  ['one in a list', { details: { roles: [`password=hunter2`] } }, /hunter2/],
  ['a token as a subject', { subject: `token:${TOKEN}` }, /eyJ/],
  ['a token as an actor', { actor: `users:${TOKEN}` }, /eyJ/],
  ['a token as an id of a request', { requestId: TOKEN }, /eyJ/],
])('no secret gets in, should a publisher let one slip: %s', (_what, more, secret) => {
  expect(JSON.stringify(entryOf(notice(more), NOW))).not.toMatch(secret);
});

it('keeps ids of sessions and keys as they are', () => {
  expect(entryOf(notice({ subject: 'session:0f3b', details: { session: '0f3b-11', why: 'password' } }), NOW)).toMatchObject({ subject: 'session:0f3b', details: { session: '0f3b-11', why: 'password' } });
});

it('is of a size and a form that every store takes', () => {
  const huge = entryOf(notice({
    action: 'x'.repeat(1_000), actor: `a\0${'\u{D800}'}b`, subject: '€'.repeat(9_999),
    details: { ...Object.fromEntries(Array.from({ length: 500 }, (_none, i) => [`n${i}`, 'y'.repeat(9_999)])), bad: Number.NaN },
  }), NOW);
  expect(huge.action).toHaveLength(64);
  expect(huge.actor).toBe('a\u{FFFD}\u{FFFD}b');
  expect(JSON.stringify(huge).length).toBeLessThan(10_000);
});

it.each(['', '{', 'null', '[]', '{"id":1}', '{"id":"x","at":1,"action":"a"}'])('a line that is none is passed over: %s', (line) => {
  expect(parseLine(line)).toBeNull();
});

it('reads a line as it was written', () => {
  const entry = entryOf(notice(), NOW);
  expect(parseLine(JSON.stringify(entry))).toEqual(entry);
});
