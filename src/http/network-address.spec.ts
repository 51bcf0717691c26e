import { plainAddress, readAddress } from './network-address.js';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:4711', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['2001:DB8::1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:4711', '2001:db8::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['', null],
  ['unknown', null],
  ['_hidden', null],
  ['192.0.2.256', null],
  ['192.0.2.1:port', null],
  ['192.0.2.1:', null],
  ['[192.0.2.1]', null],
  ['[2001:db8::1', null],
  ['[2001:db8::1]x', null],
  ['example.org', null],
  ['192.0.2.1; drop', null],
])('%j is %j', (text, address) => {
  expect(readAddress(text)).toBe(address);
});

it('tells an IPv4 address on an IPv6 socket as IPv4', () => {
  expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
  expect(plainAddress('::ffff:0:1')).toBe('::ffff:0:1');
  expect(plainAddress('::1')).toBe('::1');
});
