import { compileNetworkKey } from './network-key.js';

it.each<[string, number, string]>([
  ['192.0.2.7', 56, '192.0.2.7'],
  ['2001:db8:1:2ff:aaaa::1', 56, '2001:db8:1:200:/56'],
  ['2001:db8:1:2ff:aaaa::1', 64, '2001:db8:1:2ff:/64'],
  ['2001:db8::1', 64, '2001:db8:0:0:/64'],
  ['::1', 56, '0:0:0:0:/56'],
  ['::', 128, '0:0:0:0:0:0:0:0:/128'],
  ['fe80::1:2:3:4%eth0', 128, 'fe80:0:0:0:1:2:3:4:/128'],
  ['64:ff9b::192.0.2.33', 128, '64:ff9b:0:0:0:0:c000:221:/128'],
  ['2001:DB8:1:2::', 48, '2001:db8:1:/48'],
  ['2001:db8:ffff::', 33, '2001:db8:8000:/33'],
  ['', 56, ''],
])('%s in networks of %i bits is %s', (address, prefix, key) => {
  expect(compileNetworkKey(prefix)(address)).toBe(key);
});
