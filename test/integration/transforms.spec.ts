import { gzipSync } from 'node:zlib';
import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';

const open = (path: string, settings: string): string => `routes: { all: { match: { path: "${path}" }, to: echo, authenticate: none, ${settings} } }`;

describe('T2: the path and query a service gets', () => {
  it.each([
    ['keeps them', '/api/**', 'description: x', '/api/a%20b/c?x=%31&y', '/api/a%20b/c?x=%31&y'],
    ['normalises the path', '/api/**', 'description: x', '/api//a/./b/%7ec?q=//', '/api/a/b/~c?q=//'],
    ['strips segments', '/api/**', 'path: { strip: 2 }', '/api/v1/users/7?a=1', '/users/7?a=1'],
    ['strips all of them', '/api/**', 'path: { strip: 2 }', '/api/v1', '/'],
    ['strips a prefix', '/api/**', 'path: { strip: /api/v1 }', '/api/v1/users', '/users'],
    ['strips a prefix at a slash only', '/api/**', 'path: { strip: /api/v1 }', '/api/v10/users', '/api/v10/users'],
    ['puts a prefix in front', '/api/**', 'path: { prefix: /svc }', '/api/a', '/svc/api/a'],
    ['strips, then prefixes', '/api/**', 'path: { strip: 1, prefix: /svc }', '/api/a', '/svc/a'],
    ['replaces text once', '/api/**', 'path: { replace: { from: api, to: svc } }', '/api/api', '/svc/api'],
    ['fills a template', '/users/:id/**', 'path: { template: "/u/{id}/x/{rest}" }', '/users/7/a/b', '/u/7/x/a/b'],
    ['keeps what is encoded in a parameter', '/users/:id', 'path: { template: "/u/{id}" }', '/users/a%3Fb%20c', '/u/a%3Fb%20c'],
    ['lets no slash remain of an empty rest', '/users/**', 'path: { template: "/u/{rest}" }', '/users', '/u'],
    ['adds a last slash', '/api/**', 'trailingSlash: add', '/api/a?x=1', '/api/a/?x=1'],
    ['strips a last slash', '/api/**', 'trailingSlash: strip', '/api/a/', '/api/a'],
    ['keeps a last slash', '/api/**', 'description: x', '/api/a/', '/api/a/'],
    ['sets a parameter', '/api/**', 'query: { set: { by: "{params.rest}", "a b": "é&" } }', '/api/x?by=me&c=1', '/api/x?by=x&c=1&a%20b=%C3%A9%26'],
    ['removes a parameter', '/api/**', 'query: { remove: [debug] }', '/api?a=1&debug=1&debug=2', '/api?a=1'],
    ['removes the last parameter', '/api/**', 'query: { remove: [debug] }', '/api?debug=1', '/api'],
    ['renames a parameter', '/api/**', 'query: { rename: { page: p } }', '/api?page=2&pages=3', '/api?p=2&pages=3'],
    ['leaves other bytes of the query alone', '/api/**', 'query: { remove: [debug] }', '/api?x=%7e+%31&&y&debug', '/api?x=%7e+%31&&y'],
  ])('%s', async (_what, path, settings, sent, expected) => {
    await using gw = await gateway(open(path, settings));
    expect((await gw.fetch(sent)).seen.url).toBe(expected);
  });

  it('puts a target’s base path in front of all', async () => {
    await using gw = await gateway(`services: { echo: { targets: "\${ECHO}/base/" } }\n${open('/api/**', 'path: { strip: 1 }')}`);
    expect((await gw.fetch('/api/a?b')).seen.url).toBe('/base/a?b');
    expect((await gw.fetch('/api')).seen.url).toBe('/base/');
  });

  it('sends another method', async () => {
    await using gw = await gateway(open('/api/**', 'method: POST'));
    expect((await gw.fetch('/api', { method: 'PUT', body: 'x' })).seen).toMatchObject({ method: 'POST', body: 'x' });
  });

  it('refuses a path that a rewrite would make unsafe', async () => {
    await using gw = await gateway(open('/api/**', 'path: { replace: { from: x, to: "" } }'));
    expect((await gw.fetch('/api/.x./a')).status).toBe(400);
    expect(gw.echo.requests).toHaveLength(0);
  });
});

describe('T2: headers', () => {
  let gw: TestGateway;
  beforeAll(async () => {
    const echo = await echoService((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', server: 'secret/1.0', 'x-internal': 'y', 'x-kept': '1', etag: '"a"' });
      response.end(JSON.stringify({ headers: request.headers }));
    });
    gw = await gateway(`${USERS}
routes:
  set: { match: { path: /set/:what }, to: echo, authenticate: none, headers: { request: { set: { X-What: "{params.what}", X-Who: "{principal.id}", X-Id: "{request.id}", X-Client: forged, Accept: text/plain } }, response: { set: { X-Answer: "{request.method} {route.name}" }, drop: [Server, x-INTERNAL] } } }
  claims: { match: { path: /claims }, to: echo, headers: { request: { set: { X-Tenant: "{principal.claims.org.tenant}", X-Roles: "{principal.roles}" }, authorization: drop, cookie: drop } } }
  list: { match: { path: /list }, to: echo, authenticate: none, headers: { request: { mode: list, allow: [X-One] }, response: { mode: list, allow: [X-Kept] } } }
  drop: { match: { path: /drop }, to: echo, authenticate: none, headers: { request: { drop: [X-One], context: { requestId: X-Rid } } } }
`, { echo });
  });
  afterAll(() => gw[Symbol.asyncDispose]());
  const headersOf = async (path: string, headers: Record<string, string>) => {
    const reply = await gw.fetch(path, { headers });
    return { got: reply.json<{ headers: Record<string, string> }>().headers, reply };
  };

  it('sets what templates say, and leaves out what comes out empty', async () => {
    const { got, reply } = await headersOf('/set/a%20b', { 'x-client': 'mine', x_client: 'mine too', 'x-who': 'root', accept: 'image/png' });
    expect(got).toMatchObject({ 'x-what': 'a b', 'x-client': 'forged', accept: 'text/plain', 'x-id': reply.headers['x-request-id'] });
    expect(Object.keys(got)).not.toEqual(expect.arrayContaining(['x-who']));
    expect(got).not.toHaveProperty('x_client');
  });

  it('never lets a parameter break out of a header', async () => {
    expect((await gw.fetch('/set/a%0d%0aX-Evil:1')).status).toBe(400);
    const { got } = await headersOf('/set/caf%C3%A9', {});
    expect(Buffer.from(got['x-what'] ?? '', 'latin1').toString()).toBe('café');
  });

  it('edits the answer’s', async () => {
    const { reply } = await headersOf('/set/a', {});
    expect(reply.headers).toMatchObject({ 'x-answer': 'GET set', 'x-kept': '1' });
    expect(reply.headers).not.toHaveProperty('server');
    expect(reply.headers).not.toHaveProperty('x-internal');
  });

  it('reads claims, and keeps the credential to itself', async () => {
    const { got } = await headersOf('/claims', { authorization: `Bearer ${await token({ sub: '7', roles: ['a', 'b'], org: { tenant: 'acme' } })}`, cookie: 'a=1' });
    expect(got).toMatchObject({ 'x-tenant': 'acme', 'x-roles': 'a,b', 'x-user-id': '7' });
    expect(got).not.toHaveProperty('authorization');
    expect(got).not.toHaveProperty('cookie');
  });

  it('passes only what is listed, both ways', async () => {
    const { got, reply } = await headersOf('/list', { 'x-one': '1', 'x-two': '2', cookie: 'a=1' });
    expect(got).toMatchObject({ 'x-one': '1', 'x-forwarded-for': '127.0.0.1' });
    expect(got).not.toHaveProperty('x-two');
    expect(got).not.toHaveProperty('cookie');
    expect(reply.headers).toMatchObject({ 'x-kept': '1', 'content-type': 'application/json' });
    expect(reply.headers).not.toHaveProperty('etag');
    expect(reply.headers).toHaveProperty('x-request-id');
  });

  it('drops, and renames context headers', async () => {
    const { got, reply } = await headersOf('/drop', { 'x-one': '1', 'x-rid': 'forged', 'x-gateway-request-id': 'forged' });
    expect(got).not.toHaveProperty('x-one');
    expect(got).not.toHaveProperty('x-gateway-request-id');
    expect(got['x-rid']).toBe(reply.headers['x-request-id']);
  });
});

describe('T2: JSON bodies', () => {
  const json = (value: unknown, headers: Record<string, string> = {}) => ({ method: 'POST', body: typeof value === 'string' ? value : JSON.stringify(value), headers: { 'content-type': 'application/json', ...headers } });

  it('edits a request', async () => {
    await using gw = await gateway(open('/api/:id', 'transform: [{ use: json-body, on: request, remove: [is_admin], rename: { user_name: userName }, set: { id: "{params.id}", source: gateway } }]'));
    const { seen } = await gw.fetch('/api/7', json('{"user_name":"é","is_admin":true,"big":12345678901234567890}'));
    expect(seen.body).toBe('{"userName":"é","big":12345678901234567890,"id":"7","source":"gateway"}');
    expect(seen.headers['content-length']).toBe(String(Buffer.byteLength(seen.body)));
    expect(seen.headers).not.toHaveProperty('transfer-encoding');
  });

  it.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ['malformed JSON', '{"a":', {}, 400, 'invalid-body'],
    ['a body that is too large to look into', `"${'x'.repeat(2_000)}"`, {}, 413, 'body-too-large'],
    ['a coding it cannot read', '{}', { 'content-encoding': 'snappy' }, 415, 'unsupported-media-type'],
    ['a charset that is not UTF-8', '{}', { 'content-type': 'application/json; charset=utf-16' }, 415, 'unsupported-media-type'],
  ])('refuses %s', async (_what, body, headers, status, code) => {
    await using gw = await gateway(open('/api', 'transform: [{ use: json-body, on: request, max: 1kB, remove: [a] }]'));
    const reply = await gw.fetch('/api', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
    expect(reply.status).toBe(status);
    expect(reply.json()).toMatchObject({ code });
    expect(gw.echo.requests).toHaveLength(0);
  });

  it('unpacks a request it edits; leaves one of another type byte for byte', async () => {
    await using gw = await gateway(open('/api', 'transform: [{ use: json-body, on: request, remove: [a] }]'));
    const packed = await gw.fetch('/api', { method: 'POST', body: gzipSync('{"a":1,"b":2}'), headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } });
    expect(packed.seen.body).toBe('{"b":2}');
    expect(packed.seen.headers).not.toHaveProperty('content-encoding');
    expect((await gw.fetch('/api', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'text/plain' } })).seen.body).toBe('{"a":1}');
  });

  it('edits an answer: length, validators and content coding follow', async () => {
    await using echo = await echoService((request, response) => {
      const content = gzipSync(JSON.stringify({ user: { full_name: 'Ada', password: 'x' }, n: 1 }));
      response.writeHead(request.url === '/bad' ? 500 : 200, { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': content.length, etag: '"x"' }).end(content);
    });
    await using gw = await gateway(open('/**', 'compression: off, transform: [{ use: json-body, on: response, unwrap: user, remove: [password], rename: { full_name: fullName }, wrap: data }]'), { echo });
    const { headers, text } = await gw.fetch('/ok', { headers: { 'accept-encoding': 'gzip' } });
    expect(text).toBe('{"data":{"fullName":"Ada"}}');
    expect(headers['content-length']).toBe(String(text.length));
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers).not.toHaveProperty('etag');
    expect((await gw.fetch('/bad', { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding']).toBe('gzip');
  });

  it('edits an answer before it is compressed for the client', async () => {
    await using echo = await echoService((_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ secret: 1, text: 'x'.repeat(5_000) })); });
    await using gw = await gateway(open('/**', 'transform: [{ use: json-body, on: response, remove: [secret] }]'), { echo });
    const answer = await fetch(`${gw.url}/a`, { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(await answer.json()).toEqual({ text: 'x'.repeat(5_000) });
  });

  it('does not break HEAD or an answer without a body', async () => {
    await using echo = await echoService((request, response) => { response.writeHead(request.url === '/none' ? 204 : 200, { 'content-type': 'application/json' }).end(); });
    await using gw = await gateway(open('/**', 'transform: [{ use: json-body, on: response, remove: [a] }]'), { echo });
    expect((await gw.fetch('/none')).status).toBe(204);
    expect((await gw.fetch('/a', { method: 'HEAD' })).status).toBe(200);
    expect(await gw.fetch('/a')).toMatchObject({ status: 200, text: '' });
  });
});

describe('T2: redirects', () => {
  const service = () => echoService((request, response) => {
    const to = new URL(request.url as string, 'http://x').searchParams.get('to');
    if (to === null) response.end(request.url);
    else response.writeHead(302, { location: to.replace('SELF', `http://${request.headers.host}`) }).end();
  });
  const get = async (mode: string, to: string, method = 'GET') => {
    await using echo = await service();
    await using gw = await gateway(open('/public/**', `path: { strip: 1, prefix: /inner }, redirects: ${mode}`), { echo });
    const { status, headers, text } = await gw.fetch(`/public/a?to=${encodeURIComponent(to)}`, { method });
    return { status, text, location: String(headers['location'] ?? '').replace(gw.url, 'PUBLIC').replace(echo.url, 'SELF') };
  };

  it.each([
    ['rewrite', 'SELF/inner/b?c=1', 'PUBLIC/public/b?c=1'],
    ['rewrite', '/inner/b', '/public/b'],
    ['rewrite', 'b', 'b'],
    ['rewrite', 'https://elsewhere.example/inner/b', 'https://elsewhere.example/inner/b'],
    ['rewrite', '/other', '/other'],
    ['pass', 'SELF/inner/b', 'SELF/inner/b'],
    ['follow', 'https://elsewhere.example/', 'https://elsewhere.example/'],
  ])('%s: %s arrives as %s', async (mode, to, expected) => {
    expect(await get(mode, to)).toMatchObject({ status: 302, location: expected });
  });

  it.each([['SELF/inner/b?c=1', '/inner/b?c=1'], ['/inner/b', '/inner/b'], ['c', '/inner/c']])('follow: %s is fetched', async (to, expected) => {
    expect(await get('follow', to)).toMatchObject({ status: 200, text: expected });
  });

  it('follow: a POST is not repeated, and a circle ends', async () => {
    expect((await get('follow', '/inner/b', 'POST')).status).toBe(302);
    await using echo = await echoService((_request, response) => { response.writeHead(302, { location: '/again' }).end(); });
    await using gw = await gateway(open('/**', 'redirects: follow'), { echo });
    expect((await gw.fetch('/again')).status).toBe(302);
    expect(echo.requests).toHaveLength(6);
  });

  it('follow: a GET whose body is gone is not repeated', async () => {
    await using echo = await service();
    await using gw = await gateway(open('/**', 'redirects: follow'), { echo });
    expect((await gw.fetch('/a?to=/b', { body: 'a body on GET' })).status).toBe(302);
  });
});
