import { echoService } from '#libs/testing';
import { gateway } from '../support/gateway.js';

describe('T3: versions that no path names', () => {
  it('are kept apart, by the cache here and by those on the way', async () => {
    const echo = await echoService((request, response) => void response.end(String(request.headers['x-version'])));
    await using gw = await gateway(`version: 1
log: { level: silent, access: off }
services: { echo: { targets: "\${ECHO}" } }
versions: { names: [v1, v2], default: v2, header: X-Version, mediaType: version }
routes: { a: { match: { path: /a }, to: echo, authenticate: none, cache: { maxAge: 1m } } }`, { echo });
    for (let i = 0; i < 2; i++) {
      for (const version of ['v1', 'v2']) {
        const { headers, text } = await gw.fetch('/a', { headers: { 'x-version': version } });
        expect([text, headers['vary']]).toEqual([version, 'X-Version, Accept']);
      }
    }
    expect(echo.requests).toHaveLength(2);
    expect((await gw.fetch('/v1/a')).headers['vary']).toBeUndefined();
    await echo.close();
  });
});

describe('O7: whoever takes /docs away, or says who may see it', () => {
  it.each<[endpoints: string, redoc: number]>([
    ['{}', 200],
    ['{ docs: { at: /api/docs } }', 200],
    ['{ docs: off, openapi: off }', 404],
    ['{ docs: { authenticate: users } }', 404],
    ['{ docs: off, redoc: { at: /redoc } }', 200],
  ])('with %s the document is not on the other page by itself', async (endpoints, status) => {
    await using gw = await gateway(`authenticate: { users: { use: jwt, secret: 0123456789abcdef0123456789abcdef, algorithms: [HS256] } }\nendpoints: ${endpoints}`);
    expect([(await gw.fetch('/redoc')).status, (await gw.fetch('/redoc/openapi.json')).status]).toEqual([status, status]);
  });
});
