import { echoService } from '#libs/testing';
import { gateway } from '../support/gateway.js';

const HEAD = 'version: 1\nlog: { level: silent, access: off }\nservices: { s: { targets: "${ECHO}" } }\n';

describe('redirects that are followed', () => {
  it.each([
    ['a route that changes the method', 'to: s, method: POST', 302],
    ['a call of an aggregate', 'aggregate: { calls: { a: { to: s, path: /from, method: POST, required: true } } }', 302],
    ['a GET', 'to: s', 200],
    ['a call that gets', 'aggregate: { calls: { a: { to: s, path: /from, required: true } } }', 200],
  ])('%s', async (_what, route, status) => {
    const echo = await echoService((request, response) => {
      if (request.url === '/from') response.writeHead(302, { location: '/to' }).end();
      else response.end('{}');
    });
    await using gw = await gateway(`${HEAD}routes: { r: { match: { path: /** }, authenticate: none, redirects: follow, ${route} } }`, { echo });
    expect((await gw.fetch('/from')).status).toBe(status);
    expect(echo.requests.map(({ url }) => url)).toEqual(status === 200 ? ['/from', '/to'] : ['/from']);
  });

  it.each(['//', '//127.0.0.1/x', '///'])('a path that looks like a host (%s) stays a path', async (odd) => {
    const echo = await echoService((request, response) => {
      const { host } = request.headers;
      if (request.url === '/from') response.writeHead(302, { location: `http://${host}${odd}` }).end();
      else if (request.url?.startsWith('//')) response.writeHead(302, { location: '/to' }).end();
      else response.end('there');
    });
    await using gw = await gateway(`${HEAD}routes: { r: { match: { path: /** }, authenticate: none, redirects: follow, to: s } }`, { echo });
    const { status, text } = await gw.fetch('/from');
    expect([status, text]).toEqual([200, 'there']);
  });
});
