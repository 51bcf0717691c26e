import { isIP } from 'node:net';
import { compileNetworks, describeNetwork, isNetwork } from './networks.js';

describe('describeNetwork', () => {
  it.each([
    ['8.8.8.8', 'public'], ['2606:4700::1', 'public'], ['192.0.2.1', 'public'], ['172.15.255.255', 'public'], ['172.32.0.0', 'public'],
    ['10.1.2.3', 'private'], ['172.16.0.1', 'private'], ['192.168.1.1', 'private'], ['100.64.0.1', 'private'], ['fd12::1', 'private'],
    ['127.0.0.1', 'loopback'], ['127.255.255.254', 'loopback'], ['::1', 'loopback'], ['0.0.0.0', 'loopback'], ['0.1.2.3', 'loopback'], ['::', 'loopback'],
    ['169.254.169.254', 'metadata'], ['169.254.1.1', 'metadata'], ['fe80::1', 'metadata'], ['fe80::1%eth0', 'metadata'], ['fd00:ec2::254', 'metadata'],
    ['100.100.100.200', 'metadata'], ['168.63.129.16', 'metadata'],
    ['224.0.0.1', 'reserved'], ['255.255.255.255', 'reserved'], ['240.0.0.1', 'reserved'], ['ff02::1', 'reserved'],
    // The same IPv4 address in other clothes.
    ['::ffff:169.254.169.254', 'metadata'], ['::ffff:a9fe:a9fe', 'metadata'], ['0:0:0:0:0:ffff:a9fe:a9fe', 'metadata'], ['::FFFF:127.0.0.1', 'loopback'],
    ['::ffff:0:10.0.0.1', 'private'], ['::ffff:8.8.8.8', 'public'], ['::169.254.169.254', 'metadata'], ['::127.0.0.1', 'loopback'],
    ['64:ff9b::169.254.169.254', 'metadata'], ['64:ff9b::a00:1', 'private'], ['64:ff9b::808:808', 'public'], ['64:ff9b:1::a9fe:a9fe', 'metadata'],
    ['2002:a9fe:a9fe::1', 'metadata'], ['2002:7f00:1::', 'loopback'], ['2002:808:808::1', 'public'],
  ])('%s is %s', (address, kind) => {
    expect(describeNetwork(address)).toBe(kind);
  });

  it.each([
    ['http://2852039166', 'metadata'], ['http://0xa9fea9fe', 'metadata'], ['http://0251.0376.0251.0376', 'metadata'], ['http://169.254.43518', 'metadata'],
    ['http://0x7f.1', 'loopback'], ['http://017700000001', 'loopback'], ['http://0', 'loopback'], ['http://①②⑦.0.0.1', 'loopback'],
    ['http://[::ffff:169.254.169.254]', 'metadata'], ['http://[0:0::a9fe:a9fe]', 'metadata'],
  ])('%s, as the URL parser reads it, is %s', (url, kind) => {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    expect(isIP(host)).not.toBe(0);
    expect(describeNetwork(host)).toBe(kind);
  });
});

describe('compileNetworks', () => {
  it.each<[string[], string, boolean]>([
    [['public', 'private', 'loopback'], '10.0.0.1', true],
    [['public', 'private', 'loopback'], '::ffff:169.254.169.254', false],
    [['public', 'private', 'loopback'], '224.0.0.1', false],
    [['private'], '8.8.8.8', false],
    [['private'], '100.100.100.200', false],
    [['metadata'], '100.100.100.200', true],
    [['10.1.0.0/16'], '10.1.2.3', true],
    [['10.1.0.0/16'], '10.2.0.1', false],
    [['10.1.0.0/16'], '::ffff:10.1.2.3', true],
    [['10.1.0.0/16'], '64:ff9b::a01:203', true],
    [['169.254.169.254'], '169.254.169.254', true],
    [['169.254.169.254'], '169.254.169.253', false],
    [['2001:db8::/32'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['64:ff9b::/96'], '64:ff9b::8.8.8.8', true],
    [['0.0.0.0/0'], '169.254.169.254', true],
    [[], '127.0.0.1', false],
    [['public'], 'not an address', false],
  ])('%j holds %s: %s', (entries, address, expected) => {
    expect(compileNetworks(entries)(address)).toBe(expected);
  });

  it.each([['10.0.0.0/8', true], ['::/0', true], ['10.0.0.1', true], ['metadata', true], ['link-local', false], ['10.0.0.0/33', false], ['10.0.0/8', false], ['10.0.0.0/', false], ['10.0.0.0/8/8', false], ['fe80::1%eth0', false], ['', false]])('%j is a network: %s', (text, expected) => {
    expect(isNetwork(text)).toBe(expected);
  });
});
