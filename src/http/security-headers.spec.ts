import { HeaderList } from '#libs/kernel';
import { compileSecurityHeaders } from './security-headers.js';

type Setting = Parameters<typeof compileSecurityHeaders>[0];

function applied(setting: Setting, service: string[] = []): Record<string, string> {
  const headers = new HeaderList([...service]);
  compileSecurityHeaders(setting)?.(headers);
  return Object.fromEntries(Array.from({ length: headers.flat.length / 2 }, (_, i) => [headers.flat[2 * i] as string, headers.flat[2 * i + 1] as string]));
}

const standard = { 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY', 'Referrer-Policy': 'strict-origin-when-cross-origin' };

it.each<[string, Setting, string[], Record<string, string>]>([
  ['adds the standard ones', {}, [], standard],
  ['leaves a standard one the service sent', {}, ['x-frame-options', 'SAMEORIGIN'],
    { 'x-frame-options': 'SAMEORIGIN', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'strict-origin-when-cross-origin' }],
  ['replaces the service’s value of one the file names', { 'X-Frame-Options': 'DENY' }, ['x-frame-options', 'SAMEORIGIN'],
    { 'x-frame-options': 'DENY', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'strict-origin-when-cross-origin' }],
  ['changes a standard one, whatever its case', { 'x-frame-options': 'SAMEORIGIN' }, [],
    { 'x-frame-options': 'SAMEORIGIN', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'strict-origin-when-cross-origin' }],
  ['adds what the file adds', { 'Content-Security-Policy': "default-src 'self'" }, [], { ...standard, 'Content-Security-Policy': "default-src 'self'" }],
  ['leaves out what is null, and lets the service’s pass', { 'X-Frame-Options': null, 'referrer-policy': null }, ['X-Frame-Options', 'ALLOWALL'],
    { 'X-Frame-Options': 'ALLOWALL', 'X-Content-Type-Options': 'nosniff' }],
  ['says nothing when off', 'off', ['Server', 'x'], { Server: 'x' }],
])('%s', (_, setting, service, expected) => {
  expect(applied(setting, service)).toEqual(expected);
});

it('is nothing when every header is left out', () => {
  expect(compileSecurityHeaders({ 'X-Content-Type-Options': null, 'X-Frame-Options': null, 'Referrer-Policy': null })).toBeNull();
});

it('refuses a value that would break the header when the file is loaded', () => {
  expect(() => compileSecurityHeaders({ 'X-A': 'one\r\nX-B: two' })).toThrow('X-A');
});
