import { readHead } from './request-head.js';

const PSEUDO = [':method', 'GET', ':scheme', 'https', ':authority', 'Example.org:8443', ':path', '/a?b'];

function read(raw: readonly string[], limit = 1_000) {
  const headers: Record<string, string> = {};
  for (let i = 0; i < raw.length; i += 2) {
    const [name, value] = [raw[i] as string, raw[i + 1] as string];
    headers[name] = headers[name] === undefined ? value : `${headers[name]}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return readHead(headers, raw, limit);
}

describe('readHead', () => {
  it('puts a head into the words of HTTP/1', () => {
    expect(read([...PSEUDO, 'x-a', '1', 'x-a', '2'])).toEqual({
      head: { method: 'GET', url: '/a?b', headers: { host: 'Example.org:8443', 'x-a': '1, 2' }, rawHeaders: ['host', 'Example.org:8443', 'x-a', '1', 'x-a', '2'] },
      refusal: null,
    });
  });

  it('goes by Host where there is no :authority', () => {
    const { head, refusal } = read([':method', 'GET', ':scheme', 'https', ':path', '/', 'host', 'a']);
    expect([head.headers.host, head.rawHeaders, refusal]).toEqual(['a', ['host', 'a'], null]);
  });

  it('drops a Host that says the same', () => {
    expect(read([...PSEUDO, 'host', 'example.ORG:8443'])).toMatchObject({ head: { rawHeaders: ['host', 'Example.org:8443'] }, refusal: null });
  });

  it('joins the crumbs of cookies', () => {
    expect(read([...PSEUDO, 'cookie', 'a=1', 'x-a', '1', 'cookie', 'b=2']).head.rawHeaders).toEqual(['host', 'Example.org:8443', 'cookie', 'a=1; b=2', 'x-a', '1']);
  });

  it.each([
    ['another host', [...PSEUDO, 'host', 'evil.example'], 'malformed-request'],
    ['a scheme nobody speaks', PSEUDO.map((text) => (text === 'https' ? 'file' : text)), 'malformed-request'],
    ['CONNECT', [':method', 'CONNECT', ':authority', 'a:1'], 'method-not-allowed'],
    ['more than the limit', [...PSEUDO, 'x-a', 'x'.repeat(1_000)], 'headers-too-large'],
  ])('refuses %s', (_what, raw, code) => {
    expect(read(raw).refusal?.type.code).toBe(code);
  });

  it('counts what HTTP/1 would have sent', () => {
    const size = [...PSEUDO].join('').length + 4 * 4;
    expect([read(PSEUDO, size).refusal, read(PSEUDO, size - 1).refusal?.status]).toEqual([null, 431]);
  });
});
