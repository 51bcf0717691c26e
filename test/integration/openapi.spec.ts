import { parse } from 'yaml';
import { SECRET } from '../support/jwt.js';
import { gateway } from '../support/gateway.js';

interface Operation { readonly operationId: string; readonly tags?: readonly string[]; readonly security?: readonly object[]; readonly deprecated?: boolean; readonly responses: object }
interface Document { readonly openapi: string; readonly info: { readonly title: string }; readonly paths: Record<string, Record<string, Operation>>; readonly components: Record<string, object> }

const USERS = `authenticate: { users: { use: jwt, secret: "${SECRET}", algorithms: [HS256] } }\n`;

describe('O6: the OpenAPI document of the platform', () => {
  it('M2: /docs is the route table in OpenAPI 3.0.3, as YAML or JSON, with the versions that go away marked', async () => {
    await using gw = await gateway(`info: { title: Meetinity API Gateway }
${USERS}openapi: { version: 3.0.3, routes: all }
versions: { names: [v1, v2], default: v2, deprecate: { v1: { since: 2025-01-01 } } }
defaults: { errors: { body: { error: { code: "{status}", message: "{message}" } } } }
endpoints: { docs: { serve: openapi, at: /docs, format: yaml }, redoc: off, health: { openapi: off } }
routes:
  auth: { match: { path: "/api/auth/**" }, to: echo, authenticate: none, limit: 10/min }
  users: { match: { path: "/api/users/**", methods: [GET, PUT] }, to: echo }`);
    const yaml = await gw.fetch('/docs', { headers: { accept: '*/*' } });
    expect(yaml.headers['content-type']).toBe('application/yaml; charset=utf-8');
    const document = parse(yaml.text) as Document;
    expect((await gw.fetch('/docs?format=json')).json()).toEqual(document);
    expect((await gw.fetch('/docs', { headers: { accept: 'application/json' } })).json()).toEqual(document);
    expect([document.openapi, document.info.title]).toEqual(['3.0.3', 'Meetinity API Gateway']);
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/api/auth', '/api/auth/{rest}', '/v1/api/auth', '/v2/api/users/{rest}']));
    expect(Object.keys(document.paths)).not.toContain('/health');
    expect(document.paths['/v1/api/users']?.['get']).toMatchObject({ operationId: 'get_users_v1', tags: ['echo'], deprecated: true, security: [{ users: [] }] });
    expect(document.paths['/api/users']?.['get']).not.toHaveProperty('deprecated');
    expect(Object.keys(document.paths['/api/auth']?.['post']?.responses ?? {})).toEqual(['413', '429', '502', '503', '504', 'default']);
  });

  it('D: ids and groups as the client libraries call them', async () => {
    await using gw = await gateway(`routes:
  detect: { match: { path: /api/v1/patterns/detect, methods: POST }, to: echo, authenticate: none, openapi: { id: detect_patterns, tag: analysis } }
  compress: { match: { path: /api/v1/compress, methods: POST }, to: echo, authenticate: none, openapi: { tag: compression } }
  hidden: { match: { path: /internal/debug }, to: echo, authenticate: none }
endpoints: { health: { openapi: { id: system.health, tag: system } } }`);
    const { paths } = (await gw.fetch('/openapi.json')).json<Document>();
    expect(paths['/api/v1/patterns/detect']?.['post']).toMatchObject({ operationId: 'detect_patterns', tags: ['analysis'] });
    expect(paths['/api/v1/compress']?.['post']).toMatchObject({ operationId: 'compress', tags: ['compression'] });
    expect(paths['/health']?.['get']).toMatchObject({ operationId: 'system.health', tags: ['system'] });
    // What nobody described is not told.
    expect(Object.keys(paths)).not.toContain('/internal/debug');
  });

  it.each<[string, string]>([
    ['routes: { a: { match: { path: /a, methods: GET }, to: echo, openapi: { id: x } }, b: { match: { path: /b, methods: GET }, to: echo, openapi: { id: x } } }', 'routes.b.openapi.id: the operation id "x" is that of routes.a already'],
    ['policies: { p: { openapi: { id: x } } }\nroutes: { a: { match: { path: /a }, to: echo, use: p }, b: { match: { path: /b }, to: echo, use: p } }', 'the operation id "get_x" is that of routes.a already'],
    ['routes: { a: { match: { path: /a, methods: GET }, to: echo, openapi: { id: health } } }\nendpoints: { health: { openapi: { id: health } } }', 'endpoints.health.openapi.id: the operation id "health" is that of routes.a already'],
    ['routes: { a: { match: { path: /a }, to: echo, openapi: { id: "1 x" } } }', 'routes.a.openapi.id: expected an id'],
    ['endpoints: { services: { services: [ech] } }', 'endpoints.services.services[0]: there is no service "ech". Did you mean "echo"?'],
  ])('refuses %s', async (yaml, message) => {
    await expect(gateway(USERS + yaml)).rejects.toThrow(message);
  });

  it('follows a reload', async () => {
    await using gw = await gateway('routes: { a: { match: { path: /a, methods: GET }, to: echo, authenticate: none } }');
    const paths = async (): Promise<string[]> => Object.keys((await gw.fetch('/openapi.json')).json<Document>().paths);
    expect(await paths()).not.toContain('/a');
    await gw.rewrite('version: 1\nlog: { level: silent, access: off }\nopenapi: { routes: public }\nservices: { echo: { targets: "${ECHO}" } }\nroutes: { a: { match: { path: /a, methods: GET }, to: echo, authenticate: none } }');
    expect(await paths()).toContain('/a');
  });
});
