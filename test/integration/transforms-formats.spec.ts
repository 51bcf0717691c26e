import { echoService } from '#libs/testing';
import { gateway } from '../support/gateway.js';

const HEAD = 'version: 1\nlog: { level: silent, access: off }\ndefaults: { authenticate: none }\n';

/** A service that answers each path with a type and a text, and remembers bodies. */
async function service(paths: Record<string, readonly [type: string, text: string]>) {
  const bodies: { url: string; method: string; type: string | undefined; accept: string | undefined; body: string }[] = [];
  const echo = await echoService((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const { headers, method = '', url = '' } = request;
      bodies.push({ url, method, type: headers['content-type'], accept: headers.accept, body: Buffer.concat(chunks).toString() });
      const [type, text] = paths[url.split('?')[0] as string] ?? ['application/json', '{}'];
      response.writeHead(200, { 'content-type': type, etag: '"v"' }).end(text);
    });
  });
  return { echo, bodies };
}

describe('T2, knob 28: formats', () => {
  it('a service that speaks XML has clients that speak JSON, both ways', async () => {
    const { bodies, echo } = await service({ '/orders': ['application/xml', '<orders><order id="1"><total>9.90</total></order></orders>'] });
    await using gw = await gateway(`${HEAD}services: { erp: { targets: "\${ECHO}" } }
routes:
  orders:
    match: { path: /orders }
    to: erp
    transform:
      - { use: json-to-xml, on: request, root: order }
      - { use: xml-to-json, on: response, lists: [orders.order], values: typed }`, { echo });
    const answer = await gw.fetch('/orders', { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: '{"item":"A & B","n":2}' });
    expect(bodies[0]).toMatchObject({ type: 'application/xml; charset=utf-8', accept: 'application/xml, text/xml', body: '<?xml version="1.0" encoding="UTF-8"?>\n<order><item>A &amp; B</item><n>2</n></order>' });
    expect([answer.headers['content-type'], answer.headers['etag'], answer.text]).toEqual(['application/json', undefined, '{"orders":{"order":[{"@id":1,"total":9.90}]}}']);
    await echo.close();
  });

  it('an export is CSV for those who ask for it, JSON for the others, and the cache keeps both', async () => {
    const { bodies, echo } = await service({ '/students': ['application/json', '{"data":[{"id":1,"name":"Zoé"},{"id":2,"name":"=2+3"}]}'] });
    await using gw = await gateway(`${HEAD}services: { users: { targets: "\${ECHO}" } }
routes:
  students:
    match: { path: /students }
    to: users
    cache: { maxAge: 1m }
    transform: [{ use: json-to-csv, on: response, when: wanted, rows: data, columns: { Name: name, No: id } }]
  import: { match: { path: /import }, to: users, transform: [{ use: csv-to-json, on: request, values: typed }, { use: json-body, on: request, wrap: students }] }`, { echo });
    for (let i = 0; i < 2; i++) {
      expect(await gw.fetch('/students', { headers: { accept: 'text/csv' } })).toMatchObject({ headers: { 'content-type': 'text/csv; charset=utf-8; header=present' }, text: "Name,No\r\nZoé,1\r\n\"'=2+3\",2\r\n" });
      expect((await gw.fetch('/students', { headers: { accept: 'application/json' } })).json()).toHaveProperty('data');
    }
    expect(bodies).toHaveLength(2);
    await gw.fetch('/import', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'id,name\n1,Ana\n' });
    expect(bodies.at(-1)).toMatchObject({ type: 'application/json', body: '{"students":[{"id":1,"name":"Ana"}]}' });
    await echo.close();
  });

  it('a REST route asks a GraphQL service, and its errors are problems', async () => {
    const { bodies, echo } = await service({ '/graphql': ['application/json', '{"data":{"event":{"id":"7","title":"Meet"}}}'], '/broken': ['application/json', '{"data":null,"errors":[{"message":"No such event","extensions":{"code":"NOT_FOUND"}}]}'] });
    await using gw = await gateway(`${HEAD}services: { graph: { targets: "\${ECHO}" } }
policies:
  event:
    transform: [{ use: rest-to-graphql, query: 'query($id: ID!, $n: Int) { event(id: $id, n: $n) { id title } }', variables: { id: '{params.id}', n: '{request.query.n}' }, data: event }]
routes:
  event: { match: { path: /events/:id, methods: [GET] }, to: graph, use: event }
  broken: { match: { path: /broken/:id, methods: [GET] }, to: graph, transform: [{ use: rest-to-graphql, query: '{ event { id } }', path: /broken, data: event }], errors: { body: { error: "{detail}" } } }`, { echo });
    const answer = await gw.fetch('/events/7?n=3');
    expect([answer.status, answer.json()]).toEqual([200, { id: '7', title: 'Meet' }]);
    expect(bodies[0]).toMatchObject({ url: '/graphql', method: 'POST', type: 'application/json' });
    expect(JSON.parse(bodies[0]?.body ?? '')).toMatchObject({ variables: { id: '7', n: 3 } });
    expect(await gw.fetch('/broken/1')).toMatchObject({ status: 404, text: '{"error":"No such event"}' });
    await echo.close();
  });

  it('GET verify with a token in its query, or its header, is POST {token} for the service; the answer is unwrapped', async () => {
    const { bodies, echo } = await service({ '/auth/verify': ['application/json', '{"user":{"id":1,"full_name":"Ana"}}'] });
    await using gw = await gateway(`${HEAD}services: { users: { targets: "\${ECHO}" } }
routes:
  verify:
    match: { path: /api/auth/verify, methods: [GET] }
    to: users
    path: { strip: /api }
    transform: [{ use: query-to-body, params: [token] }, { use: json-body, on: response, unwrap: user, rename: { full_name: fullName }, wrap: data }]
  bearer:
    match: { path: /api/auth/me, methods: [GET] }
    to: users
    path: { template: /auth/verify }
    query: { set: { token: "{request.header.x-token}" } }
    transform: [{ use: query-to-body, params: [token] }]`, { echo });
    expect((await gw.fetch('/api/auth/verify?token=abc')).json()).toEqual({ data: { id: 1, fullName: 'Ana' } });
    expect(bodies[0]).toMatchObject({ url: '/auth/verify', method: 'POST', body: '{"token":"abc"}' });
    await gw.fetch('/api/auth/me', { headers: { 'x-token': 'xyz' } });
    expect(bodies[1]).toMatchObject({ url: '/auth/verify', method: 'POST', body: '{"token":"xyz"}' });
    await echo.close();
  });

  it('a list becomes the pages that PresencePro’s frontend turns', async () => {
    const { echo } = await service({ '/courses/': ['application/json', '[{"id":1},{"id":2},{"id":3}]'] });
    await using gw = await gateway(`${HEAD}services: { courses: { targets: "\${ECHO}" } }
routes: { courses: { match: { path: /api/v1/courses }, to: courses, path: { template: /courses/ }, query: { remove: [page, per_page] }, transform: [{ use: list-page }] } }`, { echo });
    expect((await gw.fetch('/api/v1/courses?page=2&per_page=2')).json()).toEqual({ data: [{ id: 3 }], total: 3, page: 2, per_page: 2, total_pages: 2 });
    await echo.close();
  });
});
