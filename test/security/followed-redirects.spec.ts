import { gateway, type TestGateway } from '../support/gateway.js';
import { rawTarget, type RawTarget } from '../support/raw-target.js';

/** `redirects: follow` must not become a way to make the gateway call somebody else, or more than was asked for. */
describe('followed redirects', () => {
  let target: RawTarget;
  let other: RawTarget;
  let gw: TestGateway;
  let location = '';
  let heads: string[] = [];
  const elsewhere: string[] = [];
  beforeAll(async () => {
    other = await rawTarget((head, socket) => { elsewhere.push(head); socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'); });
    target = await rawTarget((head, socket) => {
      heads.push(head);
      socket.end(location === '' ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' : `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
      if (!location.includes('loop')) location = '';
    });
    gw = await gateway(`services: { echo: { targets: "${target.url}/base" } }\nroutes: { all: { match: { path: /** }, to: echo, authenticate: none, redirects: follow } }\n`);
  });
  afterAll(async () => {
    await gw[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });
  const ask = (to: string, method = 'GET') => {
    [location, heads] = [to, []];
    return gw.fetch('/x', { method, headers: { authorization: 'Bearer secret' } });
  };

  it.each([
    () => other.url, () => `${other.url}/base/x`, () => other.url.slice('http:'.length), () => other.url.replace('http:', 'http:\\\\'), () => `/\\${new URL(other.url).host}/base/`,
    () => target.url.replace('http://', 'http://user@').replace('127.0.0.1', 'localhost'), () => `${target.url}@${new URL(other.url).host}/base/`, () => target.url.replace('http', 'https'),
    () => '/admin', () => '../admin', () => '/base/../admin', () => '/base/%2e%2e/admin', () => '/basement', () => 'javascript:1', () => 'http://[',
  ])('elsewhere is the business of the client: case %#', async (to) => {
    const { status } = await ask(to());
    expect(heads.slice(1)).toEqual([]);
    expect(status).toBe(302);
    expect(elsewhere).toHaveLength(0);
  });

  it('within the service it is followed, credentials included, but not for ever', async () => {
    expect((await ask('/base/y?z=1')).text).toBe('ok');
    expect(heads[1]).toMatch(/^GET \/base\/y\?z=1 HTTP\/1\.1\r\n/);
    expect(heads[1]).toContain('Bearer secret');
    expect((await ask('/base/loop')).status).toBe(302);
    expect(heads).toHaveLength(6);
  });

  it('a POST is not repeated', async () => {
    expect((await ask('/base/y', 'POST')).status).toBe(302);
    expect(heads).toHaveLength(1);
  });
});
