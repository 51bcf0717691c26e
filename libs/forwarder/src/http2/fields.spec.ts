import { requestFields } from './fields.js';

const LINE = { method: 'POST', path: '/a?b=1', scheme: 'https', authority: 'a.example:8443', length: null };
const PSEUDO = [':method', 'POST', ':scheme', 'https', ':authority', 'a.example:8443', ':path', '/a?b=1'];

describe('requestFields', () => {
  it.each<[string, string[], string[]]>([
    ['are in lower case, in order, repeated as they were', ['X-B', '1', 'Cookie', 'a=1', 'x-b', '2', 'cookie', 'b=2'], ['x-b', '1', 'cookie', 'a=1', 'x-b', '2', 'cookie', 'b=2']],
    ['have nothing of one connection', ['Connection', 'x', 'Keep-Alive', 'y', 'Transfer-Encoding', 'chunked', 'Upgrade', 'h2c', 'HTTP2-Settings', 'z', 'Proxy-Connection', 'q'], []],
    ['keep the wish for trailers and the length of a stream', ['te', 'trailers', 'Content-Length', '5'], ['te', 'trailers', 'content-length', '5']],
  ])('%s', (_what, flat, expected) => {
    expect(requestFields(LINE, flat)).toEqual([...PSEUDO, ...expected]);
  });

  it('know the length of a body in hand better than the client', () => {
    expect(requestFields({ ...LINE, length: 7 }, ['content-length', '5']).slice(8)).toEqual(['content-length', '7']);
  });

  it('take the authority from Host where there is one', () => {
    expect(requestFields(LINE, ['Host', 'shop.example'])[5]).toBe('shop.example');
  });

  it.each([[':path', '/admin'], ['x y', '1'], ['x', 'a\r\nb: c'], ['x', '\u{1F600}'], ['', '1']])('refuse %j: %j', (name, value) => {
    expect(() => requestFields(LINE, [name, value])).toThrow(/must be a valid HTTP token|Invalid character/);
  });

  it.each([{ path: '/a b' }, { path: '/a\r\nx: y' }, { path: '/\u20ac' }, { method: 'GET /' }, { method: '' }])('refuse %j', (line) => {
    expect(() => requestFields({ ...LINE, ...line }, [])).toThrow(/must be a valid HTTP token|Invalid character/);
  });
});
