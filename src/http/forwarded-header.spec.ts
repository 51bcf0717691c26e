import { cpuTime } from '#libs/testing';
import { forParameter, parameterValue, parseForwarded } from './forwarded-header.js';

it.each([
  ['for=192.0.2.60;proto=http;by=203.0.113.43', [{ for: '192.0.2.60', proto: 'http' }]],
  ['For="[2001:db8:cafe::17]:4711"', [{ for: '[2001:db8:cafe::17]:4711' }]],
  ['for=192.0.2.43, for=198.51.100.17;host="a.org:8080"', [{ for: '192.0.2.43' }, { for: '198.51.100.17', host: 'a.org:8080' }]],
  ['for="a\\"b,c;d"', [{ for: 'a"b,c;d' }]],
  ['for=192.0.2.1:4711 ; proto=https', [{ for: '192.0.2.1:4711', proto: 'https' }]],
  ['for=unknown', [{ for: 'unknown' }]],
  ['__proto__=x', [{}]],
  ['', [{}]],
  ['for="192.0.2.1', null],
  ['for', null],
  ['for = 192.0.2.1', null],
  ['for=a b', null],
])('%s', (value, hops) => {
  expect(parseForwarded(value)).toEqual(hops);
});

it('reads a header after one it could not read', () => {
  parseForwarded('for=1.2.3.4, broken');
  expect(parseForwarded('for=1.2.3.4')).toEqual([{ for: '1.2.3.4' }]);
});

it('quotes what needs it', () => {
  expect(forParameter('2001:db8::1')).toBe('for="[2001:db8::1]"');
  expect(forParameter('192.0.2.1')).toBe('for=192.0.2.1');
  expect(parameterValue('a.org')).toBe('a.org');
  expect(parameterValue('a.org:80')).toBe('"a.org:80"');
  expect(parameterValue('a"\\b')).toBe('"a\\"\\\\b"');
});

it('stays fast for a hostile header', () => {
  expect(cpuTime(() => {
    expect(parseForwarded(`for=1,${' '.repeat(30_000)}@`)).toBeNull();
    expect(parseForwarded(`for="${'\\a'.repeat(15_000)}`)).toBeNull();
  })).toBeLessThan(200);
});
