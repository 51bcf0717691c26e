import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { parse } from 'yaml';
import { Answer, Exchange, type Route } from '#libs/kernel';
import { Fleet, SoloFleet } from '../cluster/index.js';
import { ConfigStore } from '../config/index.js';
import { bindExchange } from '../http/exchange-of.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { GatewayDocument } from './gateway-document.js';
import { OpenApiModule } from './openapi.module.js';

const endpoints = { openapi: { serve: 'openapi', at: ['/openapi.json', '/openapi.yaml'], authenticate: 'none', authorize: 'any', guards: [], limit: 'off', errors: 'problem+json' } };
const store = { current: { config: { info: { title: 'A <gateway>', name: 'g', version: '1.2.3', environment: 'test' }, authenticate: {}, openapi: { version: '3.1.0', routes: 'described', servers: [], components: {} }, routes: {}, endpoints } } };

@Module({ providers: [{ provide: ConfigStore, useValue: store }, { provide: Fleet, useClass: SoloFleet }, { provide: APP_FILTER, useClass: ProblemFilter }], exports: [ConfigStore, Fleet] })
class Givens {}

describe('OpenApiModule', () => {
  let app: NestFastifyApplication;
  let exchange: Exchange;

  beforeAll(async () => {
    const testing = await Test.createTestingModule({ imports: [{ module: Givens, global: true }, OpenApiModule] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.getHttpAdapter().getInstance().addHook('onRequest', (request, _reply, done) => {
      bindExchange(request.raw, exchange);
      done();
    });
    await app.init();
    app.get(GatewayDocument).attach(app);
  });
  afterAll(() => app.close());

  async function get(path: string, serve: 'docs' | 'openapi', headers: Record<string, string> = {}) {
    const [bare = '', query] = path.split('?');
    exchange = new Exchange({ method: 'GET', path: bare, query: query === undefined ? '' : `?${query}`, headers, rawHeaders: [], startedAt: 0 });
    const rest = /^\/(?:[\w/]*\/)?docs\/(.+)$/.exec(bare)?.[1];
    const problems = { render: ({ status }: { status: number }) => Answer.json(status, {}) };
    Object.assign(exchange, { params: rest === undefined ? {} : { rest }, route: { name: 'endpoint:openapi', guards: [] as readonly object[], head: { apply: () => undefined }, problems } as unknown as Route });
    return app.inject({ method: 'GET', url: `/~/${serve}`, headers });
  }

  it('describes the endpoints where they are mounted', async () => {
    const { headers, body } = await get('/openapi.json', 'openapi');
    const document = JSON.parse(body) as { openapi: string; info: object; paths: object };
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'A <gateway>', version: '1.2.3' });
    expect(Object.keys(document.paths)).toEqual(['/openapi.json', '/openapi.yaml']);
    expect(body).not.toContain('/~/');
  });

  it('says the same in YAML', async () => {
    const [json, yaml] = [await get('/openapi.json', 'openapi'), await get('/openapi.yaml', 'openapi')];
    expect(yaml.headers['content-type']).toBe('application/yaml; charset=utf-8');
    expect(parse(yaml.body)).toEqual(JSON.parse(json.body));
  });

  it('follows the configuration', async () => {
    const before = store.current;
    store.current = { config: { ...before.config, endpoints: { openapi: { ...endpoints.openapi, at: ['/elsewhere'] } } } };
    const { body } = await get('/elsewhere', 'openapi');
    store.current = before;
    expect(Object.keys((JSON.parse(body) as { paths: object }).paths)).toEqual(['/elsewhere']);
  });

  it.each(['/docs', '/docs/', '/api/v1/docs', '/'])('the page at %s links to files that are there, and to nothing elsewhere', async (path) => {
    const page = await get(path, 'docs');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(page.body).toContain('<title>A &lt;gateway&gt;</title>');
    expect(page.body).not.toMatch(/https?:|<script>|<style|style=|\son\w+=/);
    const links = [...page.body.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = '']) => new URL(link, `http://g${path}`).pathname);
    expect(links).toHaveLength(7);
    const mount = path.replace(/\/$/, '');
    for (const link of links) expect(link.slice(0, link.lastIndexOf('/'))).toBe(mount);
    for (const link of links) expect((await get(`/docs/${link.slice(link.lastIndexOf('/') + 1)}`, 'docs')).statusCode).toBe(200);
  });

  it.each([
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle'],
    ['swagger-ui.css', 'text/css; charset=utf-8', '.swagger-ui'],
    ['initializer.js', 'text/javascript; charset=utf-8', "new URL('openapi.json', document.currentScript.src)"],
    ['openapi.json', 'application/json; charset=utf-8', '"openapi":"3.1.0"'],
  ])('serves %s', async (file, contentType, part) => {
    const { statusCode, headers, body } = await get(`/docs/${file}`, 'docs');
    expect([statusCode, headers['content-type']]).toEqual([200, contentType]);
    expect(body).toContain(part);
  });

  it.each(['package.json', 'index.html', 'swagger-ui-bundle.js.map', '../package.json', '..%2fpackage.json', 'constructor'])('does not serve %s', async (file) => {
    expect((await get(`/docs/${file}`, 'docs')).statusCode).toBe(404);
  });

  it('sends a file once', async () => {
    const { headers } = await get('/docs/swagger-ui.css', 'docs');
    const again = await get('/docs/swagger-ui.css', 'docs', { 'if-none-match': `W/"x", ${String(headers['etag'])}` });
    expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', headers['etag']]);
  });
});
