import { localPath } from './local-path.js';

it.each([
  ['/', '/'], ['/a/b?c=d#e', '/a/b?c=d#e'], ['/a?b=//c', '/a?b=//c'], ['/a/./b/../c', '/a/c'], ['/é', '/%C3%A9'], ['/@evil.example.com', '/@evil.example.com'],
])('%s is a path of this site', (text, path) => expect(localPath(text)).toBe(path));

it.each([
  [''], ['a'], ['//a'], ['///a'], ['/\\a'], ['\\/a'], ['/a\\b'], ['https://a'], ['javascript:alert(1)'], ['/\t/a'], ['\t/a'], ['/\r\n/a'], ['/\u0000'], ['/.//a'], ['/a/..//b'], ['/%2e//a'], [` /a`], [`/${'a'.repeat(2_048)}`],
])('%j is none', (text) => expect(localPath(text)).toBeNull());
