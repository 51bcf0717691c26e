import { compileRequestId } from './request-id.js';

const setting = { header: 'X-Request-ID', trust: 'client', format: 'uuid', upstream: [], answer: 'X-Request-ID' } as const;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
type Setting = Parameters<typeof compileRequestId>[0];
const compile = (changes: Partial<Setting> = {}) => compileRequestId({ ...setting, upstream: [], ...changes });

it.each([
  ['uuid', uuid],
  ['hex32', /^[0-9a-f]{32}$/],
  ['hex8', /^[0-9a-f]{8}$/],
] as const)('makes ids of the format %s', (format, pattern) => {
  const id = compile({ format });
  expect(id({}, false)).toMatch(pattern);
  expect(id({}, false)).not.toBe(id({}, false));
});

it.each(['uuid', 'hex32'] as const)('does not repeat an id of the format %s when random bytes are drawn again', (format) => {
  const id = compile({ format });
  expect(new Set(Array.from({ length: 2_000 }, () => id({}, false))).size).toBe(2_000);
});

it('makes every one of them well, and leaves nothing but the version and the variant to be known before', () => {
  const id = compile();
  const ids = Array.from({ length: 1_000 }, () => id({}, false));
  for (const each of ids) expect(each).toMatch(uuid);
  const known = Array.from('xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx', (mark, place) => [mark, new Set(ids.map((each) => each[place])).size] as const);
  // Two bits of the variant are given, so that one digit takes four values.
  expect(known.map(([, values]) => values)).toEqual(known.map(([mark], place) => (place === 19 ? 4 : mark === 'x' ? 16 : 1)));
});

it.each(['abc-123', 'urn:x:1', 'a.b_c~d+e/f=g@h', 'x'.repeat(128)])('keeps %s', (sent) => {
  expect(compile()({ 'x-request-id': sent }, false)).toBe(sent);
});

it.each(['', 'x'.repeat(129), 'a b', 'a"b', 'a,b', 'é', 'a\nb', '<b>', 'a%20'])('does not keep %j', (sent) => {
  expect(compile()({ 'x-request-id': sent }, true)).toMatch(uuid);
});

it.each([
  ['client', false, true],
  ['trusted-proxies', false, false],
  ['trusted-proxies', true, true],
  ['generate', true, false],
] as const)('trust %s with a trusted peer: %s keeps the id: %s', (trust, trustedPeer, kept) => {
  expect(compile({ trust })({ 'x-request-id': 'mine' }, trustedPeer) === 'mine').toBe(kept);
});

it('reads the header the file names', () => {
  expect(compile({ header: 'X-Correlation-ID' })({ 'x-correlation-id': 'c', 'x-request-id': 'r' }, false)).toBe('c');
});
