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

it('does not repeat an id when the pool of random bytes is drawn again', () => {
  const id = compile({ format: 'hex32' });
  expect(new Set(Array.from({ length: 2_000 }, () => id({}, false))).size).toBe(2_000);
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
