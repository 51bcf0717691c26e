import { arriving, parseHeader } from './dry-request.js';

const base = { method: 'get', headers: [], caller: null } as const;

it.each([
  ['/a?b=1', '/a?b=1', 'localhost', false],
  ['http://gw:8000/a/../b?x', '/a/../b?x', 'gw:8000', false],
  ['https://gw', '/', 'gw', true],
  ['https://gw?x=1', '/?x=1', 'gw', true],
  ['*', '*', 'localhost', false],
  ['/é', '/Ã©', 'localhost', false],
])('%s asks for %s', (url, target, host, secure) => {
  expect(arriving({ ...base, url })).toMatchObject({ method: 'GET', target, secure, headers: ['Host', host], body: null });
});

it('keeps headers as they are given and adds what a client must send', () => {
  const { body, headers } = arriving({ ...base, url: '/', headers: [['host', 'a'], ['X-A', '1'], ['X-A', '2']], body: 'é' });
  expect(headers).toEqual(['host', 'a', 'X-A', '1', 'X-A', '2', 'Content-Length', '2']);
  expect(body?.toString()).toBe('é');
});

it.each(['a/b', 'ftp://x/'])('refuses %s', (url) => {
  expect(() => arriving({ ...base, url })).toThrow('neither a path');
});

it.each([['X-A: b: c', ['X-A', 'b: c']], ['X-A:', ['X-A', '']]])('reads the header %s', (text, expected) => {
  expect(parseHeader(text)).toEqual(expected);
});
