import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';

/** Meetinity’s GraphQL endpoints: a router behind the gateway where there is one, and answers of the file where there is none. */
const HEAD = `version: 1
log: { level: silent, access: off }
defaults: { authenticate: none, errors: { body: { error: { code: "{status}", message: "{message}" } }, only: { 503: { message: Service Unavailable } } } }
`;

const OFF = `endpoints:
  graphql: { serve: static, at: [/graphql, /graphql/schema, /graphql/metadata, /graphql/operations], methods: [GET, POST], status: 404, openapi: off, answer: { error: { code: 404, message: GraphQL federation disabled } } }
`;

const ON = `services: { graphql-router: { targets: "\${ECHO}" } }
routes:
  graphql:
    match: { path: [/graphql, /graphql/schema, /graphql/operations], methods: [GET, POST] }
    to: graphql-router
    headers: { request: { mode: list, allow: [Content-Type, Accept, X-Request-ID, Authorization] } }
    fallback: { when: { problems: [target-unreachable, connect-timeout, no-target], status: [] }, chain: [{ status: 503, body: { error: { code: 503, message: GraphQL router unavailable } } }] }
endpoints:
  metadata:
    serve: static
    at: /graphql/metadata
    answer:
      version: "{version}"
      composed_at: 2025-09-01T00:00:00Z
      subgraphs: [{ name: user-service, routing_url: "http://user-service:5000/graphql", digest: abc }]
      operations: { users.me: { field: me, subgraph: user-service } }
`;

const PATHS = ['/graphql', '/graphql/schema', '/graphql/metadata', '/graphql/operations'];
const start = (yaml: string, echo?: Awaited<ReturnType<typeof echoService>>): Promise<TestGateway> => gateway(HEAD + yaml, echo ? { echo } : {});

describe('M3: GraphQL', () => {
  it.each(PATHS)('disabled: %s says so', async (path) => {
    await using gw = await start(OFF);
    const answer = await gw.fetch(path);
    expect([answer.status, answer.json()]).toEqual([404, { error: { code: 404, message: 'GraphQL federation disabled' } }]);
  });

  it('disabled: a query is no secret for any method the platform had', async () => {
    await using gw = await start(OFF);
    expect((await gw.fetch('/graphql', { method: 'POST', body: '{"query":"{me}"}', headers: { 'content-type': 'application/json' } })).status).toBe(404);
    expect((await gw.fetch('/graphql', { method: 'DELETE' })).status).toBe(405);
    expect((await gw.fetch('/graphql', { method: 'OPTIONS' })).status).toBe(204);
    expect(JSON.stringify((await gw.fetch('/openapi.json')).json())).not.toContain('graphql');
  });

  it('enabled: the router answers, and gets no more than it should', async () => {
    await using gw = await start(ON);
    const { seen } = await gw.fetch('/graphql', { method: 'POST', body: '{"query":"{me}"}', headers: { 'content-type': 'application/json', authorization: 'Bearer t', cookie: 'a=b', 'x-secret': 's' } });
    expect(seen).toMatchObject({ method: 'POST', url: '/graphql', body: '{"query":"{me}"}', headers: { authorization: 'Bearer t', 'content-type': 'application/json' } });
    expect(Object.keys(seen.headers)).not.toEqual(expect.arrayContaining(['x-secret']));
    expect((await gw.fetch('/graphql/schema')).seen.url).toBe('/graphql/schema');
    expect((await gw.fetch('/graphql/metadata')).json()).toMatchObject({ version: '1.0.0', subgraphs: [{ name: 'user-service' }], operations: { 'users.me': { field: 'me' } } });
  });

  it('enabled, and no router is there', async () => {
    const echo = await echoService();
    await echo.close();
    await using gw = await start(ON, echo);
    const answer = await gw.fetch('/graphql');
    expect([answer.status, answer.json()]).toEqual([503, { error: { code: 503, message: 'GraphQL router unavailable' } }]);
    expect((await gw.fetch('/graphql/metadata')).status).toBe(200);
  });
});
