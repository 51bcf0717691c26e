import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { echoService, type EchoService } from '#libs/testing';
import { token, SECRET } from '../support/jwt.js';
import { build, Passerelle } from '../support/passerelle.js';

const root = path.resolve(import.meta.dirname, '../..');
const example = path.join(root, 'docs/examples/tenant-plugin');

/** A folder of its own, far from the gateway's: what a plugin imports cannot come from there by accident. */
class Folder implements Disposable {
  readonly path = mkdtempSync(path.join(tmpdir(), 'passerelle-plugin-'));

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(this.path, name)), { recursive: true });
      writeFileSync(path.join(this.path, name), text);
    }
  }

  at(name: string): string {
    return path.join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

beforeAll(build, 180_000);

describe('X5: the example package, outside the tree', () => {
  let folder: Folder;
  let echo: EchoService;
  let running: Passerelle;
  let url: string;
  beforeAll(async () => {
    folder = new Folder();
    cpSync(example, folder.path, { recursive: true });
    echo = await echoService();
    const env = { INVOICES_URL: echo.url, JWT_SECRET_KEY: SECRET, OFFICE: 'closed' };
    running = Passerelle.run(['start', '-c', folder.at('gateway.yaml'), '-p', '0', '--host', '127.0.0.1'], { env });
    [, url = ''] = await running.says(/listens on (http:\S+)/);
  }, 60_000);
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await echo.close();
    folder[Symbol.dispose]();
  });

  const get = async (where: string, tenant: string | null, headers: Record<string, string> = {}) => {
    const bearer = { authorization: `Bearer ${await token({ sub: '7', tenant: 'acme' })}` };
    const answer = await fetch(url + where, { headers: { ...bearer, ...(tenant === null ? {} : { 'x-tenant-id': tenant }), ...headers } });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
  };

  it.each<[string, string | null, number, string | undefined]>([
    ['the caller’s own tenant', 'acme', 200, undefined],
    ['another tenant', 'initech', 403, 'This is not your tenant.'],
    ['no tenant', null, 400, 'The header X-Tenant-ID is missing.'],
  ])('its guard, by name: %s', async (_what, tenant, status, detail) => {
    const { status: got, body } = await get('/invoices/1', tenant);
    expect([got, body['detail']]).toEqual([status, detail]);
  });

  it('its guard stands after authentication', async () => {
    expect((await get('/invoices/1', 'acme', { authorization: '' })).status).toBe(401);
  });

  it('its guard has a Nest provider and options of each route', async () => {
    const initech = `Bearer ${await token({ sub: '8', tenant: 'initech' })}`;
    expect((await get('/invoices/1', 'initech', { authorization: initech })).status).toBe(200);
    const { status, body } = await get('/reports/1', 'initech', { authorization: initech });
    expect([status, body['detail']]).toEqual([403, 'Your plan does not include this.']);
  });

  it('its interceptor, by name: edits the request that leaves and the answer', async () => {
    const { body, headers } = await get('/invoices/1', 'acme');
    expect(body['headers']).toMatchObject({ 'x-tenant-plan': 'gold' });
    expect(headers.get('server-timing')).toMatch(/^service;dur=\d+\.\d$/);
  });

  it('its Nest guard, with a provider injected', async () => {
    const { status, body } = await get('/reports/1', 'acme');
    expect([status, body['detail'], body['code']]).toEqual([403, 'The office is closed.', 'forbidden']);
    expect((await get('/reports/1', 'acme', { 'x-emergency': 'yes' })).status).toBe(200);
  });

  it('compiles against the types the package exports', () => {
    const { stdout, status } = spawnSync(path.join(root, 'node_modules/.bin/tsc'), ['-p', example], { encoding: 'utf8' });
    expect([stdout, status]).toEqual(['', 0]);
  });
});

const GUARD = `
import { defineGuard } from 'passerelle/kernel';
import { z } from 'zod';
export const door = defineGuard({
  name: 'door',
  schema: z.strictObject({ hours: z.int().min(1).max(24).describe('Hours it is open.') }),
  create: ({ hours }: { hours: number }) => ({ admit() { if (hours < 0) throw new Error(); } }),
});
`;
/** Runs a command that must fail on the files. @returns what it says. */
async function complaints(files: Readonly<Record<string, string>>, command = 'check'): Promise<string> {
  using folder = new Folder(files);
  await using run = Passerelle.run([command, '-c', folder.at('gateway.yaml'), ...(command === 'start' ? ['-p', '0'] : [])]);
  const { code } = await run.ended;
  expect(code).toBe(1);
  return run.err;
}

const HEAD = 'version: 1\nservices: { a: { targets: "http://127.0.0.1:9" } }\n';
const USED = `${HEAD}server: { plugins: [./p.ts] }\nroutes:\n  r: { match: { path: /r }, to: a, authenticate: none, guards: [{ use: door, hours: 2 }] }\n`;
const route = (name: string, guard: string): string => `  ${name}: { match: { path: /${name} }, to: a, authenticate: none, guards: [${guard}] }\n`;

describe('X5: options of a plugin are checked like any others', () => {
  const cases: readonly [string, string, RegExp][] = [
    ['of the wrong kind', '{ use: door, hours: soon }', /guards\[0\]\.hours: expected a number, got "soon"/],
    ['out of range', '{ use: door, hours: 25 }', /guards\[0\]\.hours: expected a number of at most 24, got 25/],
    ['missing', '{ use: door }', /guards\[0\].*hours/],
    ['unknown', '{ use: door, hours: 2, hour: 3 }', /guards\[0\]\.hour: .*hours/],
    ['for an unknown name', '{ use: dor, hours: 2 }', /guards\[0\].*"dor".*door/],
  ];
  let said: string[];
  beforeAll(async () => {
    const yaml = `${HEAD}server: { plugins: [./p.ts] }\nroutes:\n${cases.map(([, guard], i) => route(`r${i}`, guard)).join('')}`;
    said = (await complaints({ 'gateway.yaml': yaml, 'p.ts': GUARD })).split('\n');
  }, 60_000);

  it.each(cases.map(([what, , expected], i) => [what, i, expected] as const))('%s', (_what, i, expected) => {
    expect(said.find((line) => line.includes(`gateway.yaml:${i + 5}:`))).toMatch(expected);
  });
});

describe('X5: a plugin that cannot be used is told on its line', () => {
  const cases: readonly [string, string, Readonly<Record<string, string>>, RegExp][] = [
    ['a file that is not there', './q.ts', {}, /q\.ts: it cannot be loaded: there is no such file/],
    ['a syntax error', './p1.ts', { 'p1.ts': 'export const a = ;' }, /it cannot be loaded: .*(?:Expression expected|Unexpected)/],
    ['decorators in TypeScript', './p2.ts', { 'p2.ts': 'function d(): any {}\n@d export class A {}' }, /it cannot be loaded: .*(?:decorator|Invalid or unexpected token)/i],
    ['an enum in TypeScript', './p3.ts', { 'p3.ts': 'export enum A { B }' }, /it cannot be loaded: .*enum/],
    ['an import that is not there', './p4.ts', { 'p4.ts': 'import "nowhere-to-be-found";' }, /it cannot be loaded: .*nowhere-to-be-found/],
    ['an export the kernel does not have', './p5.ts', { 'p5.ts': 'import { defineGard } from "passerelle/kernel"; export const a = defineGard;' }, /it cannot be loaded: .*defineGard/],
    ['a name of the box', './p6.ts', { 'p6.ts': GUARD.replaceAll('defineGuard', 'defineBalancer').replace("'door'", "'p2c'") }, /there is already a balancer "p2c"/],
    ['an error of its own', './p7.ts', { 'p7.ts': 'throw new Error("no luck");' }, /it cannot be loaded: no luck/],
    ['a package whose TypeScript Node does not run', 'shut', { 'node_modules/shut/package.json': '{"type":"module","exports":"./p.ts"}', 'node_modules/shut/p.ts': GUARD }, /it cannot be loaded: .*node_modules/],
  ];
  let said: string[];
  beforeAll(async () => {
    const yaml = `${HEAD}server:\n  plugins:\n${cases.map(([, name]) => `    - ${name}\n`).join('')}`;
    said = (await complaints(Object.assign({ 'gateway.yaml': yaml }, ...cases.map(([, , files]) => files)) as Record<string, string>)).split('\n');
  }, 60_000);

  it.each(cases.map(([what, , , expected], i) => [what, i, expected] as const))('%s', (_what, i, expected) => {
    expect(said.find((line) => line.includes(`gateway.yaml:${i + 5}:7 server.plugins: `))).toMatch(expected);
  });

  it.each<[string, string, RegExp]>([
    ['refuses its options', GUARD.replace('({ hours }: { hours: number }) => (', '() => { throw new Error("no key for this door"); return ('). replace('} }),', '} }); },'), /routes\.r\b.*no key for this door/s],
    ['asks for a provider nobody brings', GUARD.replace('({ hours }: { hours: number }) => (', '(_: unknown, { resolve }: any) => { resolve(class Nobody {}); const hours = 1; return (').replace('} }),', '} }); },'), /routes\.r\b.*Nobody/s],
  ])('a factory that %s', async (_what, plugin, expected) => {
    const said = await complaints({ 'gateway.yaml': USED, 'p.ts': plugin }, 'start');
    expect(said).toMatch(expected);
    expect(said).not.toMatch(/\n\s+at /);
  }, 30_000);
});

describe('X5: one kernel', () => {
  it('is the one that runs, even where a copy is nearer', async () => {
    const nearer = { 'node_modules/passerelle/package.json': '{"type":"module","exports":{"./kernel":"./kernel.js"}}', 'node_modules/passerelle/kernel.js': 'throw new Error("the wrong one");' };
    using folder = new Folder({ 'gateway.yaml': USED, 'p.ts': GUARD, ...nearer });
    await using run = Passerelle.run(['check', '-c', folder.at('gateway.yaml')]);
    expect((await run.ended).code).toBe(0);
  }, 30_000);
});
