import { gateway, type TestGateway } from '../support/gateway.js';
import { raw } from '../support/raw.js';

const FORM = 'multipart/form-data; boundary=b';
const BODY = '--b\r\nContent-Disposition: form-data; name="evil"\r\n\r\nx\r\n--b--\r\n';

describe('X7: what looks at the type of a body and what reads the body see one type', () => {
  let gw: TestGateway;
  beforeAll(async () => {
    gw = await gateway(`routes:
  json: { match: { path: /json }, to: echo, authenticate: none, body: { types: [application/json] } }
  form: { match: { path: /form }, to: echo, authenticate: none, body: { multipart: { fields: [ok] } } }`);
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each<[path: string, types: readonly string[], status: number]>([
    ['/json', ['application/json', FORM], 400],
    ['/json', ['application/json', 'application/json'], 400],
    ['/form', ['text/plain', FORM], 400],
    ['/form', ['multipart/form-data, x; boundary=b'], 400],
    ['/form', ['multipart/form-data; boundary=c; boundary=b'], 400],
    ['/form', ['multipart/form-data; boundary=a=b'], 400],
    ['/form', [FORM], 422],
    ['/json', ['application/json'], 200],
  ])('%s with %j is answered %i', async (path, types, status) => {
    const before = gw.echo.requests.filter(({ complete }) => complete).length;
    const fields = types.map((type) => `Content-Type: ${type}\r\n`).join('');
    const reply = await raw(gw.port, `POST ${path} HTTP/1.1\r\nHost: a\r\n${fields}Content-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`);
    expect(reply.status).toBe(status);
    expect(gw.echo.requests.filter(({ complete }) => complete).length - before).toBe(status === 200 ? 1 : 0);
  });
});
