import type { OpenAPIObject } from '@nestjs/swagger';
import { documentFormat } from './document-format.js';
import { publicDocument } from './public-document.js';
import { securitySchemes } from './security-schemes.js';

const operation = (summary: string, parameters: object[] = []) => ({ get: { operationId: 'x', summary, parameters, responses: {} } });
const internal = {
  openapi: '3.1.0', info: { title: '', version: '' },
  paths: { '/~/health': operation('how'), '/~/service': operation('one', [{ name: 'service', in: 'path', required: true, description: 'Name', schema: { type: 'string' } }]), '/~/live': operation('alive'), '/identity/login': operation('own'),
    '/~/admin/services': operation('all'), '/~/admin/services/{service}/drain': { post: { operationId: 'x', summary: 'drain', parameters: [{ name: 'service', in: 'path', required: true, schema: { type: 'string' } }, { name: 'target', in: 'query' }], responses: {} } } },
} as unknown as OpenAPIObject;
const endpoint = (serve: string, at: string[], authenticate: 'none' | string[] = 'none') => ({ serve, at, authenticate, authorize: 'any', guards: [], limit: 'off', errors: 'problem+json' });
const config = {
  info: { title: 'My gateway', name: 'my', version: '2.1.0', environment: 'test' },
  authenticate: { users: { use: 'jwt' }, odd: { use: 'odd' } },
  openapi: { version: '3.1.0', routes: 'described', servers: [], components: {} },
  routes: {},
  endpoints: {
    health: endpoint('health', ['/health', '/api/v1/health']), status: endpoint('health', ['/status'], ['odd', 'users']), one: endpoint('service', ['/health/services/:service', '/x/:area/:service']),
    info: endpoint('info', ['/info']), admin: endpoint('admin', ['/ops', '/ops2'], ['users']), closed: endpoint('live', ['/live'], ['odd']),
  },
} as unknown as Parameters<typeof publicDocument>[1];

describe('publicDocument', () => {
  const { info, paths, components } = publicDocument(internal, config);

  it('has every mount and no internal path', () => {
    expect(Object.keys(paths)).toEqual(['/identity/login', '/health', '/api/v1/health', '/status', '/health/services/{service}', '/x/{area}/{service}', '/ops/services', '/ops/services/{service}/drain', '/ops2/services', '/ops2/services/{service}/drain', '/live']);
    expect(info).toMatchObject({ title: 'My gateway', version: '2.1.0' });
  });

  it('has one id per operation', () => {
    const ids = Object.entries(paths).filter(([path]) => path !== '/identity/login').map(([, { get, post }]) => (get ?? post)?.operationId);
    expect(ids).toEqual(['health', 'health_2', 'status', 'one', 'one_2', 'admin_services', 'admin_services_service_drain', 'admin_2_services', 'admin_2_services_service_drain', 'closed']);
  });

  it('has the parameters of each path', () => {
    const service = { name: 'service', in: 'path', required: true, description: 'Name', schema: { type: 'string' } };
    expect(paths['/health/services/{service}']?.get?.parameters).toEqual([service]);
    expect(paths['/x/{area}/{service}']?.get?.parameters).toEqual([{ name: 'area', in: 'path', required: true, schema: { type: 'string' } }, service]);
  });

  it('has what lies below a mount, with its methods and parameters', () => {
    expect(paths['/ops/services/{service}/drain']?.post).toMatchObject({ summary: 'drain', security: [{ users: [] }], parameters: [{ name: 'service', in: 'path' }, { name: 'target', in: 'query' }] });
  });

  it('says who may', () => {
    expect([paths['/health']?.get?.security, paths['/status']?.get?.security, paths['/live']?.get?.security]).toEqual([[], [{ users: [] }], undefined]);
    expect(components?.securitySchemes).toEqual({ users: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } });
  });
});

describe('securitySchemes', () => {
  it.each([
    [{ use: 'jwt', from: [{ header: 'Authorization' }] }, { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }],
    [{ use: 'jwt', from: [{ header: 'X-Token' }] }, { type: 'apiKey', in: 'header', name: 'X-Token' }],
    [{ use: 'jwt', from: [{ query: 'token' }] }, { type: 'apiKey', in: 'query', name: 'token' }],
    [{ use: 'jwt', from: [{ cookie: 'sid' }] }, { type: 'apiKey', in: 'cookie', name: 'sid' }],
    [{ use: 'api-key' }, { type: 'apiKey', in: 'header', name: 'X-API-Key' }],
    [{ use: 'api-key', from: [{ header: 'x-key' }] }, { type: 'apiKey', in: 'header', name: 'x-key' }],
    [{ use: 'api-key', from: [{ query: 'key' }, { header: 'x-key' }] }, { type: 'apiKey', in: 'query', name: 'key' }],
    [{ use: 'api-key', from: [{ header: 'Authorization', scheme: 'Key' }] }, { type: 'http', scheme: 'key' }],
    [{ use: 'identity' }, { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }],
    [{ use: 'introspection' }, { type: 'http', scheme: 'bearer' }],
    [{ use: 'certificate', from: 'connection' }, { type: 'mutualTLS', description: 'A certificate of the client.' }],
    [{ use: 'oidc', issuer: 'https://a.example/realm/' }, { type: 'openIdConnect', openIdConnectUrl: 'https://a.example/realm/.well-known/openid-configuration', description: 'A session, by login in a browser.' }],
    [{ use: 'hmac' }, { type: 'apiKey', in: 'header', name: 'X-Signature', description: expect.stringContaining('X-Client-Id says who signs, and X-Timestamp when') }],
    [{ use: 'hmac', headers: { client: 'X-Client', signature: 'X-Sign', timestamp: 'X-Time' } }, { type: 'apiKey', in: 'header', name: 'X-Sign', description: expect.stringContaining('X-Client says who signs, and X-Time when') }],
    [{ use: 'other' }, undefined],
  ])('%j', (chosen, expected) => expect(securitySchemes({ a: chosen })['a']).toEqual(expected));
});

describe('documentFormat', () => {
  it.each([
    ['/openapi.json', '', undefined, 'json'],
    ['/openapi.yaml', '', 'application/json', 'yaml'],
    ['/openapi.YML', '', undefined, 'yaml'],
    ['/docs', '?format=yaml', undefined, 'yaml'],
    ['/docs', '?format=json', 'application/yaml', 'json'],
    ['/docs', '', 'application/yaml', 'yaml'],
    ['/docs', '', 'text/yaml, */*', 'yaml'],
    ['/docs', '', 'application/vnd.oai.openapi+yaml', 'yaml'],
    ['/docs', '', '*/*', 'json'],
  ] as const)('%s%s for %s is %s', (path, query, accept, key) => expect(documentFormat({ path, query, accept }).key).toBe(key));
});
