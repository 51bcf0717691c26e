import { cpuTime } from '#libs/testing';
import { compileOrigins } from './origins.js';

it.each([
  ['https://app.example.org', 'https://app.example.org', true],
  ['https://App.Example.org/', 'https://app.example.org', true],
  ['https://app.example.org:443', 'https://app.example.org', true],
  ['https://app.example.org', 'http://app.example.org', false],
  ['https://app.example.org', 'https://app.example.org.evil.com', false],
  ['https://app.example.org', 'https://app.example.org:8443', false],
  ['capacitor://localhost', 'capacitor://localhost', true],
  ['https://*.example.org', 'https://a.example.org', true],
  ['https://*.example.org', 'https://a.b.example.org', true],
  ['https://*.example.org', 'https://example.org', false],
  ['https://*.example.org', 'https://.example.org', false],
  ['https://*.example.org', 'https://evil.com#.example.org', false],
  ['https://*.example.org', 'https://evil.com/.example.org', false],
  ['https://*.example.org', 'https://evil.com?.example.org', false],
  ['https://*.example.org', 'https://evil.com\\.example.org', false],
  ['https://*.example.org', 'https://user@x.example.org', false],
  ['https://*.example.org', 'https://evil.com:1.example.org', false],
  ['https://*.example.org', 'https://axexample.org', false],
  ['https://*.example.org', 'https://a.exampleXorg', false],
  ['https://*.example.org', 'https://a.example.org.evil.com', false],
  ['https://*.example.org', 'https://a.example.org\nx', false],
  ['https://pr-*.preview.example.org', 'https://pr-12.preview.example.org', true],
  ['http://localhost:*', 'http://localhost:5173', true],
  ['http://localhost:*', 'http://localhost', true],
  ['http://localhost:*', 'http://localhost:80.evil.com', false],
  ['http://localhost:*', 'http://localhost.evil.com', false],
  ['http://192.168.*:3000', 'http://192.168.1.7:3000', true],
  ['http://192.168.*:3000', 'http://192.168.evil.com:3000', false],
  ['*://app.example.org', 'http://app.example.org', true],
  ['null', 'null', true],
  ['https://app.example.org', 'null', false],
  ['*', 'https://app.example.org', false],
])('%s lists %s: %s', (entry, origin, expected) => {
  expect(compileOrigins([entry]).lists(origin)).toBe(expected);
});

it('knows that any origin is allowed', () => {
  expect(compileOrigins(['https://a.org', '*']).any).toBe(true);
  expect(compileOrigins(['https://a.org']).any).toBe(false);
});

it.each([
  ['localhost:3000', 'is not an origin'],
  ['https://a.org/path', 'is not an origin'],
  ['https://user@a.org', 'is not an origin'],
  ['https://example.*', 'domains of other people'],
  ['https://app*', 'domains of other people'],
])('%s is refused: %s', (entry, message) => {
  expect(() => compileOrigins([entry])).toThrow(message);
});

it('stays fast for a hostile origin', () => {
  const origins = compileOrigins(['https://*.*.*.example.org']);
  expect(cpuTime(() => {
    expect(origins.lists(`https://${'a.'.repeat(15_000)}x`)).toBe(false);
    expect(origins.lists(`https://${'a.'.repeat(140)}x`)).toBe(false);
  })).toBeLessThan(1_000);
});
