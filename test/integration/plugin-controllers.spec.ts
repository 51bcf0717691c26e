import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformSync } from '@swc/core';
import { SECRET, token } from '../support/jwt.js';
import { build, Passerelle } from '../support/passerelle.js';
import { open, refused, socketService, type SocketService } from '../support/websocket.js';

/** As an author would write it; a compiler makes JavaScript of it. */
const PLUGIN = `
import { Controller, Delete, ForbiddenException, Get, HttpException, Injectable, NotFoundException, Param, Post, Put, UnauthorizedException, UseGuards } from '@nestjs/common';
import { of } from 'rxjs';
import { CurrentPrincipal, JsonBody, Permissions, Public, Roles, Scopes } from 'passerelle/nest';
import { problems, Problem } from 'passerelle/kernel';
import { z } from 'zod';

@Injectable()
export class Shelf {
  reports = new Map([['7', 'seven']]);
}

@Injectable()
export class Closed {
  canActivate() { return false; }
}

@Controller('reports')
export class ReportsController {
  constructor(private readonly shelf: Shelf) {}
  @Get() @Public()
  list(@CurrentPrincipal() caller) { return { caller: caller?.id ?? null, reports: [...this.shelf.reports.keys()] }; }
  @Get('mine')
  mine(@CurrentPrincipal() caller) { return { id: caller.id, permissions: caller.permissions }; }
  @Get('staff') @Roles('teacher', 'clerk')
  staff() { return {}; }
  @Get('closed') @UseGuards(Closed)
  closed() { return {}; }
  @Get(':id')
  one(@Param('id') id) {
    const text = this.shelf.reports.get(id);
    if (text === undefined) throw new NotFoundException('There is no report ' + id);
    return { text };
  }
  @Post() @Permissions('reports:write')
  add(@JsonBody(z.strictObject({ title: z.string() })) body) { return body; }
  @Put(':id') @Scopes('write')
  replace() { throw new HttpException('Somebody else was faster', 409); }
  @Delete(':id')
  remove() { throw new Problem(problems.draining, 'Not now'); }
}

@Controller('reports/secret')
export class SecretController {
  @Get() all() { return { secret: 1 }; }
}

@Controller('desk') @Roles('clerk')
export class DeskController {
  @Get() all() { return {}; }
  @Get('open') @Public() open() { return {}; }
  @Get('teachers') @Roles('teacher') teachers() { return {}; }
  @Get('both') @Scopes('read') both() { return {}; }
}

@Injectable()
export class Doorman {
  canActivate(context) {
    const { headers, ip, method, params, query, url, user } = context.switchToHttp().getRequest();
    switch (headers['x-say']) {
      case 'no': return false;
      case 'later': return of(false);
      case 'forbidden': throw new ForbiddenException('Not in these shoes');
      case 'unauthorized': throw new UnauthorizedException();
      case 'broken': throw new Error('secret');
      case 'answer': return context.switchToHttp().getResponse();
      case 'tell': throw new HttpException(JSON.stringify({ ip, method, params, query, url, user: user?.id ?? null, handler: context.getHandler().name }), 418);
      default: return Promise.resolve(true);
    }
  }
}

export const providers = [Shelf, Doorman];
export const controllers = [ReportsController, SecretController, DeskController];
`;

const YAML = `version: 1
server: { plugins: [./plugin.js] }
log: { access: off }
authenticate: { users: { use: jwt, secret: "${SECRET}", algorithms: [HS256] } }
roles: { implies: { head: [teacher] }, permissions: { teacher: ["reports:*"] }, superuser: root }
services: { echo: { targets: "\${ECHO}" } }
routes:
  guarded: { match: { path: "/guarded/:id/**" }, to: echo, authenticate: none, guards: [{ use: nest, guard: Doorman }] }
endpoints:
  reports: { serve: plugin, controller: reports, at: [/api/reports, "/v/:tenant/reports"], limit: { use: fixed-window, rate: 1000/min }, cors: { origins: [https://a.example] } }
  legacy: { serve: plugin, at: /ext, authorize: { roles: [clerk] }, errors: { body: { error: "{message}" } } }
  open: { serve: plugin, controller: desk, at: /open, authenticate: none }
`;

describe('A8: controllers and guards of plugins', () => {
  let folder: string;
  let echo: SocketService;
  let running: Passerelle;
  let url: string;
  beforeAll(async () => {
    build();
    folder = mkdtempSync(path.join(tmpdir(), 'passerelle-controllers-'));
    const { code } = transformSync(PLUGIN, { filename: 'plugin.ts', jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2024', transform: { legacyDecorator: true, decoratorMetadata: true } }, module: { type: 'es6' } });
    writeFileSync(path.join(folder, 'plugin.js'), code.replace("'rxjs'", JSON.stringify(import.meta.resolve('rxjs'))).replace('"rxjs"', JSON.stringify(import.meta.resolve('rxjs'))));
    writeFileSync(path.join(folder, 'gateway.yaml'), YAML);
    echo = await socketService();
    running = Passerelle.run(['start', '-c', path.join(folder, 'gateway.yaml'), '-p', '0', '--host', '127.0.0.1'], { env: { ECHO: echo.url } });
    [, url = ''] = await running.says(/listens on (http:\S+)/);
  }, 120_000);
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await echo.close();
    rmSync(folder, { recursive: true });
  });

  async function ask(method: string, where: string, claims: Record<string, unknown> | string | null, init: { body?: string; headers?: Record<string, string> } = {}) {
    const authorization = claims === null ? {} : { authorization: typeof claims === 'string' ? claims : `Bearer ${await token({ sub: 'ada', ...claims })}` };
    const answer = await fetch(url + where, { method, headers: { ...authorization, ...init.headers }, ...(init.body === undefined ? {} : { body: init.body }) });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  }

  it.each<[string, string, string, Record<string, unknown> | string | null, number, Record<string, unknown>]>([
    ['@Public without a credential', 'GET', '/api/reports', null, 200, { caller: null, reports: ['7'] }],
    ['@Public with one', 'GET', '/api/reports/', {}, 200, { caller: 'ada' }],
    ['@Public with a bad one', 'GET', '/api/reports', 'Bearer nonsense', 401, { code: 'invalid-credential' }],
    ['no decorator without a credential', 'GET', '/api/reports/mine', null, 401, { code: 'unauthenticated' }],
    ['@CurrentPrincipal', 'GET', '/api/reports/mine', { role: 'teacher' }, 200, { id: 'ada', permissions: ['reports:*'] }],
    ['another mount', 'GET', '/v/acme/reports/7', {}, 200, { text: 'seven' }],
    ['a parameter', 'GET', '/api/reports/7?q=1', {}, 200, { text: 'seven' }],
    ['an exception of Nest', 'GET', '/api/reports/8', {}, 404, { code: 'not-found', detail: 'There is no report 8' }],
    ['nothing there', 'GET', '/api/reports/8/9', {}, 404, { code: 'route-not-found' }],
    ['@Roles', 'GET', '/api/reports/staff', { role: 'clerk' }, 200, {}],
    ['@Roles by the ladder', 'GET', '/api/reports/staff', { role: 'head' }, 200, {}],
    ['@Roles for the superuser', 'GET', '/api/reports/staff', { role: 'root' }, 200, {}],
    ['@Roles without', 'GET', '/api/reports/staff', { role: 'pupil' }, 403, { code: 'forbidden', required: { roles: { any: ['teacher', 'clerk'] } } }],
    ['@UseGuards after ours', 'GET', '/api/reports/closed', {}, 403, { code: 'forbidden' }],
    ['@Scopes', 'PUT', '/api/reports/7', { scope: 'write' }, 409, { code: 'conflict', detail: 'Somebody else was faster' }],
    ['@Scopes without', 'PUT', '/api/reports/7', {}, 403, { required: { scopes: { any: ['write'] } } }],
    ['a problem of the catalogue', 'DELETE', '/api/reports/7', {}, 503, { code: 'draining' }],
    ['the file besides: not', 'GET', '/ext/reports/staff', { role: 'teacher' }, 403, { error: 'This route needs one of the roles clerk. Ask for it, or sign in as a caller who has it.' }],
    ['the file besides', 'GET', '/ext/reports/staff', { role: 'clerk' }, 200, {}],
    ['@Roles of the class', 'GET', '/ext/desk', { role: 'clerk' }, 200, {}],
    ['@Public of a method in it', 'GET', '/ext/desk/open', null, 200, {}],
    ['@Roles of a method in it', 'GET', '/ext/desk/teachers', { roles: ['clerk', 'teacher'] }, 200, {}],
    ['@Scopes of a method besides it', 'GET', '/ext/desk/both', { role: 'clerk' }, 403, { error: 'This route needs one of the scopes read. Ask for it, or sign in as a caller who has it.' }],
    ['what code asks where the file is public', 'GET', '/open', null, 401, { code: 'unauthenticated' }],
    ['the same with the role', 'GET', '/open', { role: 'clerk' }, 200, {}],
    ['@Public where the file is public', 'GET', '/open/open', 'Bearer nonsense', 200, {}],
    ['another controller than the one that is mounted', 'GET', '/open/reports', null, 404, {}],
    ['another controller below the one that is mounted', 'GET', '/api/reports/secret', {}, 404, { code: 'route-not-found' }],
    ['the same where all are', 'GET', '/ext/reports/secret', { role: 'clerk' }, 200, { secret: 1 }],
  ])('%s: %s %s as %j', async (_case, method, where, claims, status, body) => {
    const answer = await ask(method, where, claims);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining(body)]);
  });

  it('gives bodies by @JsonBody, after access', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(await ask('POST', '/api/reports', { role: 'teacher' }, { headers, body: '{"title":"x"}' })).toMatchObject({ status: 201, body: { title: 'x' } });
    expect(await ask('POST', '/api/reports', { role: 'teacher' }, { headers, body: '{"titel":"x"}' })).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
    expect(await ask('POST', '/api/reports', {}, { headers, body: '{' })).toMatchObject({ status: 403, body: { required: { permissions: { any: ['reports:write'] } } } });
  });

  it('has the head of any answer, and counts against the limit of the endpoint', async () => {
    const { headers } = await ask('GET', '/api/reports', null, { headers: { origin: 'https://a.example' } });
    expect(headers.get('access-control-allow-origin')).toBe('https://a.example');
    expect(headers.get('ratelimit-policy')).toContain('q=1000');
    expect(headers.get('x-request-id')).toEqual(expect.any(String));
  });

  describe('guards: [{ use: nest }]', () => {
    it.each<[string, number, Record<string, unknown>]>([
      ['yes', 200, {}],
      ['no', 403, { code: 'forbidden', detail: 'The guard Doorman says no.' }],
      ['later', 403, { code: 'forbidden' }],
      ['forbidden', 403, { detail: 'Not in these shoes' }],
      ['unauthorized', 401, { code: 'unauthenticated' }],
      ['broken', 500, { code: 'internal-error' }],
      ['answer', 500, { code: 'internal-error' }],
    ])('%s: %i', async (say, status, body) => {
      const answer = await ask('GET', '/guarded/a', null, { headers: { 'x-say': say } });
      expect([answer.status, answer.body]).toEqual([status, expect.objectContaining(body)]);
      expect(JSON.stringify(answer.body)).not.toContain('secret');
    });

    it('gets what there is of a request', async () => {
      const { body, status } = await ask('GET', '/guarded/a%20b/c?q=1', null, { headers: { 'x-say': 'tell' } });
      expect(status).toBe(418);
      expect(JSON.parse(body['detail'] as string)).toEqual({ ip: '127.0.0.1', method: 'GET', params: { id: 'a b', rest: 'c' }, query: { q: '1' }, url: '/guarded/a%20b/c?q=1', user: null, handler: 'forward' });
    });

    it('is asked about WebSockets too', async () => {
      const socket = await open(`${url}/guarded/a`, { headers: { 'x-say': 'yes' } });
      socket.terminate();
      expect((await refused(`${url}/guarded/a`, { headers: { 'x-say': 'no' } })).status).toBe(403);
    });

    it('is refused where there is none of the name', async () => {
      writeFileSync(path.join(folder, 'wrong.yaml'), YAML.replace('guard: Doorman', 'guard: Dorman'));
      await using wrong = Passerelle.run(['start', '-c', path.join(folder, 'wrong.yaml'), '-p', '0', '--host', '127.0.0.1'], { env: { ECHO: echo.url } });
      expect((await wrong.ended).code).not.toBe(0);
      expect(wrong.err + wrong.out).toContain('routes.guarded: guards: no plugin provides a guard \\"Dorman\\"'.replaceAll('\\', ''));
    }, 20_000);
  });
});
