import type { OpenAPIObject } from '@nestjs/swagger';
import type { OperationObject } from './openapi-types.js';
import { publicDocument } from './public-document.js';

type Config = Parameters<typeof publicDocument>[1];
interface Given {
  readonly routes: Record<string, Record<string, unknown>>;
  readonly openapi?: Record<string, unknown>;
  readonly versions?: Record<string, unknown>;
}

const internal = { openapi: '3.0.0', info: { title: '', version: '' }, paths: { '/~/health': { get: { operationId: 'x', responses: { 200: { description: 'It answers.' } } } } } } as unknown as OpenAPIObject;

function documentOf({ openapi = {}, routes, versions }: Given): OpenAPIObject {
  const settings = { authenticate: 'none', authorize: 'any', body: { limit: 10, types: [] }, errors: 'problem+json', guards: [], limit: 'off', to: 'users' };
  const compiled = Object.entries(routes).map(([name, { path = '/users', match = {}, ...route }]) => [name, { ...settings, ...route, match: { path: [path].flat(), prefix: 'segment', ...(match as object) } }]);
  return publicDocument(internal, {
    info: { title: 'T', name: 't', version: '1', environment: 'test' }, authenticate: { users: { use: 'jwt' }, card: { use: 'certificate' } },
    endpoints: { health: { ...settings, serve: 'health', at: ['/health'] } }, openapi: { version: '3.1.0', routes: 'all', servers: [], components: {}, ...openapi }, versions, routes: Object.fromEntries(compiled),
  } as unknown as Config);
}

function operations({ paths }: OpenAPIObject): [string, OperationObject][] {
  return Object.entries(paths).flatMap(([path, item]) => Object.entries(item as Record<string, OperationObject>).map(([method, operation]): [string, OperationObject] => [`${method} ${path}`, operation]));
}

function only(given: Given): OperationObject {
  const found = operations(documentOf(given)).filter(([name]) => !name.endsWith('/health'));
  expect(found).toHaveLength(1);
  return (found[0] as [string, OperationObject])[1];
}

const ids = (given: Given): string[] => operations(documentOf(given)).map(([name, { operationId }]) => `${name} ${String(operationId)}`).filter((line) => !line.endsWith(' health'));
const GET = { methods: ['GET'] };

describe('O6: routes in the document', () => {
  it.each<[string, Given['routes'], Record<string, unknown> | undefined, string[]]>([
    ['one method, one path', { list: { match: GET } }, undefined, ['get /users list']],
    ['an id of its own', { list: { match: GET, openapi: { id: 'users.list' } } }, undefined, ['get /users users.list']],
    ['several methods', { users: { match: { methods: ['GET', 'POST', 'QUERY'] } } }, undefined, ['get /users get_users', 'post /users post_users']],
    ['any method', { users: {} }, undefined, ['get /users get_users', 'post /users post_users', 'put /users put_users', 'patch /users patch_users', 'delete /users delete_users']],
    ['what asks several services', { all: { aggregate: {}, to: undefined } }, undefined, ['get /users all']],
    ['several paths and the rest', { users: { path: ['/users/**', '/u/:id'], match: GET } }, undefined, ['get /users users', 'get /users/{rest} users_below', 'get /u/{id} users_2']],
    ['everything', { all: { path: '/**', match: GET } }, undefined, ['get / all', 'get /{rest} all_below']],
    ['an exact prefix', { users: { path: '/users/**', match: { ...GET, prefix: 'exact' } } }, undefined, ['get /users users']],
    ['versions', { users: { match: GET }, old: { path: '/old', match: { ...GET, version: ['v1'] } } }, { names: ['v1', 'v2'], default: 'v2', prefix: true },
      ['get /users users', 'get /v1/users users_v1', 'get /v2/users users_v2', 'get /v1/old old_v1']],
    ['versions in a header', { users: { match: GET } }, { names: ['v1'], prefix: false, header: 'X-Version' }, ['get /users users']],
    ['paths that differ in names alone', { one: { path: '/u/:id', match: GET }, change: { path: '/u/:user', match: { methods: ['PUT'] } } }, undefined, ['get /u/{id} one', 'put /u/{id} change']],
    ['an id that is taken', { health: { match: GET }, list: { path: '/l', match: GET, openapi: { id: 'a' } }, a: { path: '/a', match: GET } }, undefined, ['get /users health_2', 'get /l a', 'get /a a_2']],
    ['the same path for another host', { a: { match: { ...GET, hosts: ['a.example'] } }, b: { match: GET } }, undefined, ['get /users a']],
  ])('%s', (_name, routes, versions, expected) => {
    expect(ids({ routes, ...(versions && { versions: { deprecate: {}, deprecateBy: {}, ...versions } }) }).toSorted()).toEqual(expected.toSorted());
  });

  it.each<[string, string[]]>([
    ['off', []],
    ['described', ['described', 'inherited']],
    ['public', ['described', 'inherited', 'open', 'optional']],
    ['all', ['described', 'inherited', 'open', 'optional', 'closed']],
  ])('openapi.routes: %s', (routes, expected) => {
    const route = (name: string, more: object) => [name, { path: `/${name}`, match: GET, authenticate: ['users'], ...more }] as const;
    const all = [route('described', { openapi: { summary: 'x' } }), route('inherited', { openapi: {} }), route('open', { authenticate: 'none' }), route('optional', { authenticate: { any: ['users'], optional: true } }), route('closed', {}), route('hidden', { openapi: 'off', authenticate: 'none' })];
    expect(ids({ openapi: { routes }, routes: Object.fromEntries(all) }).map((line) => line.split(' ')[2])).toEqual(expected);
  });

  it('says what the file says, and what the gateway adds', () => {
    const openapi = { id: 'compress', tag: ['compression'], summary: 'Compress', description: 'A *text*.', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }, { name: 'level', in: 'query' }], requestBody: { content: {} }, responses: { 200: { description: 'Compressed.' }, 504: { description: 'Too much.' } } };
    const operation = only({ routes: { c: { path: '/c/:id', match: { methods: ['POST'] }, authenticate: ['users'], authorize: { roles: ['a'] }, limit: [{}], openapi } } });
    expect(operation).toMatchObject({ operationId: 'compress', tags: ['compression'], summary: 'Compress', description: 'A *text*.', security: [{ users: [] }], parameters: openapi.parameters, requestBody: { content: {} } });
    expect(Object.keys(operation.responses)).toEqual(['200', '401', '403', '413', '429', '502', '503', '504', 'default']);
    expect(operation.responses).toMatchObject({ 504: { description: 'Too much.' }, 429: { $ref: '#/components/responses/too-many-requests' } });
  });

  it('marks what goes away', () => {
    const versions = { names: ['v1', 'v2'], default: 'v2', prefix: true, deprecate: { v1: { since: '2025-01-01' } }, deprecateBy: {} };
    const marked = (route: object) => operations(documentOf({ versions, routes: { u: { match: GET, ...route } } })).filter(([, { deprecated }]) => deprecated === true).map(([name]) => name);
    expect(marked({})).toEqual(['get /v1/users']);
    expect(marked({ deprecate: { sunset: '2026-01-01' } })).toEqual(['get /users', 'get /v1/users', 'get /v2/users']);
    expect(marked({ deprecate: 'off' })).toEqual([]);
    expect(marked({ deprecate: 'off', openapi: { deprecated: true } })).toEqual(['get /users', 'get /v1/users', 'get /v2/users']);
  });

  it('tells errors in the shape of the route', () => {
    const document = documentOf({ routes: { a: { match: GET, limit: [{}] }, b: { path: '/b', match: GET, limit: [{}], errors: { body: { error: '{code}' }, only: { 502: { status: 500 }, 'no-target': { status: 500, body: 'Text' } } } } } });
    expect(Object.keys(document.paths['/b']?.get?.responses ?? {})).toEqual(['429', '500', '504', 'default']);
    const { responses, schemas } = document.components as { responses: Record<string, { content: object }>; schemas: object };
    expect(responses['too-many-requests']?.content).toEqual({ 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } });
    expect(responses['too-many-requests.2']?.content).toEqual({ 'application/json': {} });
    expect(responses['target-unreachable.no-target']?.content).toEqual({ 'application/json': {}, 'text/plain': {} });
    expect(Object.keys(schemas)).toEqual(['Problem']);
  });

  it('every reference leads somewhere, and every id is there once', () => {
    const document = documentOf({ openapi: { components: { schemas: { Mine: { type: 'object' } } } }, routes: { a: {}, b: { path: '/b/**', openapi: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Mine' } } } } } } } });
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path.split('/').reduce((at: unknown, key) => (at as Record<string, unknown> | undefined)?.[key], document as unknown));
    expect(references.length).toBeGreaterThan(10);
    expect(references).not.toContain(undefined);
    const all = operations(document).map(([, { operationId }]) => operationId);
    expect(new Set(all).size).toBe(all.length);
  });

  it('puts the platform’s groups before ours, and knows its addresses', () => {
    const document = documentOf({ openapi: { servers: ['https://api.example.org'], description: 'Mine' }, routes: { a: {}, b: { path: '/b', openapi: { tag: ['x'] } } } });
    expect(document).toMatchObject({ servers: [{ url: 'https://api.example.org' }], info: { description: 'Mine' }, tags: [{ name: 'users' }, { name: 'x' }] });
  });
});

describe('in OpenAPI 3.0.3', () => {
  it('says in its own words what 3.1 says otherwise', () => {
    const schema = { type: ['string', 'null'], const: 'a', examples: ['a', 'b'], exclusiveMinimum: 3, properties: { type: { type: ['string', 'integer'] } }, default: { type: ['x', 'null'] } };
    const given = (version: string): Given => ({ openapi: { version, components: { schemas: { S: schema } } }, routes: { a: { match: GET, authenticate: ['users', 'card'] } } });
    const [old, recent] = [documentOf(given('3.0.3')), documentOf(given('3.1.0'))];
    expect([old.openapi, recent.openapi]).toEqual(['3.0.3', '3.1.0']);
    expect(recent.components?.schemas?.['S']).toEqual(schema);
    expect(old.components?.schemas?.['S']).toEqual({ type: 'string', nullable: true, enum: ['a'], example: 'a', minimum: 3, exclusiveMinimum: true, properties: { type: { anyOf: [{ type: 'string' }, { type: 'integer' }] } }, default: { type: ['x', 'null'] } });
    expect([Object.keys(old.components?.securitySchemes ?? {}), Object.keys(recent.components?.securitySchemes ?? {})]).toEqual([['users'], ['users', 'card']]);
    expect([old, recent].map(({ paths }) => paths['/users']?.get?.security)).toEqual([[{ users: [] }], [{ users: [] }, { card: [] }]]);
  });

  it('also in what is called like data, and of what is nothing but null', () => {
    const given = (schema: object) => ({ openapi: { version: '3.0.3' }, routes: { a: { match: GET, openapi: { responses: { default: { description: 'x', content: { 'application/json': { schema } } } } } } } });
    const lowered = (schema: object): unknown => {
      const answer = documentOf(given(schema)).paths['/users']?.get?.responses['default'] as { content?: Record<string, { schema: unknown }> } | undefined;
      return answer?.content?.['application/json']?.schema;
    };
    expect(lowered({ type: ['string', 'null'] })).toEqual({ type: 'string', nullable: true });
    expect(lowered({ anyOf: [{ type: 'null' }, { type: ['null'] }] })).toEqual({ anyOf: [{ enum: [null], nullable: true }, { enum: [null], nullable: true }] });
  });

  it('in 3.1, nullable is a type', () => {
    const { components } = documentOf({ openapi: { components: { schemas: { S: { type: 'string', nullable: true, enum: ['a'] } } } }, routes: {} });
    expect(components?.schemas?.['S']).toEqual({ type: ['string', 'null'], enum: ['a', null] });
  });
});
