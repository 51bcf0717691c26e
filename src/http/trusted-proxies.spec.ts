import type { IncomingHttpHeaders } from 'node:http';
import { compileTrust, resolveClient } from './trusted-proxies.js';

describe('compileTrust', () => {
  it.each([
    [['10.0.0.0/8'], '10.1.2.3', true],
    [['10.0.0.0/8'], '11.1.2.3', false],
    [['192.0.2.1'], '192.0.2.1', true],
    [['192.0.2.1'], '192.0.2.2', false],
    [['0.0.0.0/0'], '198.51.100.1', true],
    [['2001:db8::/32'], '2001:db8::7', true],
    [['2001:db8::/32'], '2001:db9::7', false],
    [['loopback'], '127.0.0.9', true],
    [['loopback'], '::1', true],
    [['loopback'], '10.0.0.1', false],
    [['private'], '172.31.0.1', true],
    [['private'], '172.32.0.1', false],
    [['private'], 'fd00::1', true],
    [['private'], '127.0.0.1', false],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', true],
    [['private'], 'garbage', false],
    [[], '127.0.0.1', false],
  ])('%j trusts %s: %s', (list, address, expected) => {
    const trust = compileTrust(list);
    expect(trust(address)).toBe(expected);
    expect(trust(address)).toBe(expected);
  });

  it.each(['10.0.0.0/33', '10.0.0/8', 'example.org', '10.0.0.0/', '10.0.0.0/8/8', '::1/129', '10.0.0.0/-1', '10.0.0.0/1.5'])('refuses %s', (entry) => {
    expect(() => compileTrust([entry])).toThrow(entry);
  });

  it('answers rightly for more addresses than it remembers', () => {
    const trust = compileTrust(['10.0.0.0/9']);
    const wrong = Array.from({ length: 3_000 }, (_, i) => `10.${i % 256}.${i >> 8}.1`).filter((address) => trust(address) !== (Number(address.split('.')[1]) < 128));
    expect(wrong).toEqual([]);
  });
});

describe('resolveClient', () => {
  const trust = compileTrust(['10.0.0.0/8', 'fd00::/8']);
  const none = { scheme: null, host: null };

  it.each<[string, string, IncomingHttpHeaders, object]>([
    ['a stranger is the client', '198.51.100.1', {}, { client: '198.51.100.1', ...none, trusted: false }],
    ['a stranger is not believed', '198.51.100.1',
      { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'a.org', 'x-real-ip': '192.0.2.1', forwarded: 'for=192.0.2.1' },
      { client: '198.51.100.1', ...none, trusted: false }],
    ['a stranger on an IPv6 socket', '::ffff:198.51.100.1', {}, { client: '198.51.100.1', ...none, trusted: false }],
    ['a proxy that says nothing', '10.0.0.1', {}, { client: '10.0.0.1', ...none, trusted: true }],
    ['a proxy on an IPv6 socket', '::ffff:10.0.0.1', { 'x-forwarded-for': '192.0.2.1' }, { client: '192.0.2.1', ...none, trusted: true }],
    ['the nearest stranger counts', '10.0.0.1', { 'x-forwarded-for': '1.1.1.1, 192.0.2.1, 10.0.0.2' }, { client: '192.0.2.1', ...none, trusted: true }],
    ['only proxies of ours', '10.0.0.1', { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }, { client: '10.0.0.3', ...none, trusted: true }],
    ['garbage ends the walk', '10.0.0.1', { 'x-forwarded-for': '192.0.2.1, unknown, 10.0.0.2' }, { client: '10.0.0.2', ...none, trusted: true }],
    ['an empty entry ends the walk', '10.0.0.1', { 'x-forwarded-for': '192.0.2.1,' }, { client: '10.0.0.1', ...none, trusted: true }],
    ['a leading comma', '10.0.0.1', { 'x-forwarded-for': ',10.0.0.2' }, { client: '10.0.0.2', ...none, trusted: true }],
    ['ports and brackets', '10.0.0.1', { 'x-forwarded-for': '[2001:db8::1]:99, 10.0.0.2:80' }, { client: '2001:db8::1', ...none, trusted: true }],
    ['Forwarded', '10.0.0.1', { forwarded: 'for=1.1.1.1;proto=http, for="[2001:db8::1]:4711";proto=https;host=a.org, for=10.0.0.2;proto=http' },
      { client: '2001:db8::1', scheme: 'https', host: 'a.org', trusted: true }],
    ['Forwarded that agrees brings its own scheme', '10.0.0.1', { forwarded: 'for=192.0.2.1;proto=https', 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'http' },
      { client: '192.0.2.1', scheme: 'https', host: null, trusted: true }],
    ['Forwarded passed on from a client does not count', '10.0.0.1', { forwarded: 'for=1.1.1.1;proto=https;host=evil.org', 'x-forwarded-for': '192.0.2.1' },
      { client: '192.0.2.1', ...none, trusted: true }],
    ['Forwarded that is broken', '10.0.0.1', { forwarded: 'for="1.1.1.1', 'x-forwarded-proto': 'https' }, { client: '10.0.0.1', scheme: 'https', host: null, trusted: true }],
    ['Forwarded without for', '10.0.0.1', { forwarded: 'proto=https' }, { client: '10.0.0.1', scheme: 'https', host: null, trusted: true }],
    ['X-Real-IP', '10.0.0.1', { 'x-real-ip': '192.0.2.1' }, { client: '192.0.2.1', ...none, trusted: true }],
    ['X-Real-IP beside X-Forwarded-For', '10.0.0.1', { 'x-real-ip': '1.1.1.1', 'x-forwarded-for': '192.0.2.1' }, { client: '192.0.2.1', ...none, trusted: true }],
    ['X-Real-IP beside Forwarded', '10.0.0.1', { 'x-real-ip': '1.1.1.1', forwarded: 'for=192.0.2.1' }, { client: '192.0.2.1', ...none, trusted: true }],
    ['X-Real-IP that is none', '10.0.0.1', { 'x-real-ip': 'x' }, { client: '10.0.0.1', ...none, trusted: true }],
    ['scheme and host', '10.0.0.1', { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'HTTPS', 'x-forwarded-host': 'a.org:8443' },
      { client: '192.0.2.1', scheme: 'https', host: 'a.org:8443', trusted: true }],
    ['a list with one entry a hop', '10.0.0.1', { 'x-forwarded-for': '192.0.2.1, 10.0.0.2', 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'a.org, inner' },
      { client: '192.0.2.1', scheme: 'https', host: 'a.org', trusted: true }],
    ['what a client wrote in front of a list', '10.0.0.1', { 'x-forwarded-for': '1.1.1.1, 192.0.2.1', 'x-forwarded-proto': 'http, https', 'x-forwarded-host': 'evil.org, a.org' },
      { client: '192.0.2.1', scheme: 'https', host: 'a.org', trusted: true }],
    ['garbage for scheme and host', '10.0.0.1', { 'x-forwarded-proto': 'gopher', 'x-forwarded-host': 'a.org/path' }, { client: '10.0.0.1', ...none, trusted: true }],
    ['an IPv6 host', '10.0.0.1', { 'x-forwarded-host': '[2001:db8::1]:80' }, { client: '10.0.0.1', scheme: null, host: '[2001:db8::1]:80', trusted: true }],
  ])('%s', (_, peer, headers, expected) => {
    expect(resolveClient(peer, headers, trust)).toEqual(expected);
  });
});
