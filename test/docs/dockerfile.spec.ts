import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allowed, copiesOf, copyFromContext, instructions, stages, type Copy, type Instruction } from '../../scripts/dockerfile.mjs';
import { Authority } from '../support/certificates.js';
import { read, root } from './markdown.js';

const [buildStage = [], packagesStage = [], finalStage = []] = stages;
const last = (word: string): string => finalStage.findLast((each) => each.word === word)?.rest ?? '';
const fromContext = (stage: readonly Instruction[]): Copy[] => copiesOf(stage).filter(({ from }) => from === null);

/** Copies what a stage takes from the context, as Docker would. */
function copyInto(app: string, stage: readonly Instruction[]): void {
  for (const copy of fromContext(stage)) copyFromContext(copy, app);
}

/** Lets a process load only the packages that `npm ci --omit=dev --omit=optional` would install. */
function onlyProductionPackages(): string {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { dev?: true; optional?: true; devOptional?: true }> };
  const installed = Object.entries(packages).filter(([key, { dev, devOptional, optional }]) => key !== '' && !dev && !devOptional && !optional).map(([key]) => key);
  return `
    import { registerHooks } from 'node:module';
    const installed = new Set(${JSON.stringify(installed)});
    registerHooks({
      resolve(specifier, context, next) {
        const found = next(specifier, context);
        const [, name] = /^.*?\\/((?:node_modules\\/(?:@[^/]+\\/)?[^/]+\\/)+)/.exec(found.url) ?? [];
        if (name !== undefined && !installed.has(name.slice(0, -1))) throw new Error('not in the image: ' + name + ' for ' + specifier);
        return found;
      },
    });`;
}

describe('Dockerfile (O12): no engine here, so its steps one by one', () => {
  let app: string;
  beforeAll(() => {
    app = path.join(mkdtempSync(path.join(tmpdir(), 'passerelle-image-')), 'app');
    mkdirSync(app);
    symlinkSync(path.join(root, 'node_modules'), path.join(app, 'node_modules'));
  });
  afterAll(() => rmSync(path.dirname(app), { recursive: true }));

  it('has three stages on the pinned runtime', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };
    const pinned = Object.entries(optionalDependencies).filter(([name]) => name.startsWith('node-')).map(([, version]) => version);
    expect(new Set(pinned).size).toBe(1);
    expect(instructions[0]).toEqual({ word: 'ARG', rest: `NODE_VERSION=${pinned[0]}` });
    expect(stages.map(([from]) => from?.rest.replace(/ AS \w+$/, ''))).toEqual(Array(3).fill('node:${NODE_VERSION}-trixie-slim'));
  });

  it('copies only what is there and what .dockerignore lets through', () => {
    const sources = [buildStage, packagesStage, finalStage].flatMap(fromContext).flatMap(({ sources: each }) => each);
    expect(sources.length).toBeGreaterThan(8);
    expect(sources.filter((source) => !existsSync(path.join(root, source)) || !allowed.some((name) => source === name || source.startsWith(`${name}/`)))).toEqual([]);
    expect(copiesOf(finalStage).filter(({ from }) => from !== null).map(({ from }) => from)).toEqual(['packages', 'build']);
  });

  it('leaves out of the optional dependencies nothing but the runtime, and what pg wants at another host', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { dev?: true; optional?: true }> };
    const left = Object.entries(packages).filter(([, { dev, optional }]) => optional && !dev).map(([key]) => key.replace('node_modules/', ''));
    expect(left.filter((name) => !/^node(-bin)?-(linux|darwin|win)-(x64|arm64)$/.test(name) && !name.startsWith('@typescript/') && name !== 'pg-cloudflare')).toEqual([]);
    expect(packagesStage.filter(({ word }) => word === 'RUN').map(({ rest }) => rest)).toEqual(['npm ci --omit=dev --omit=optional --ignore-scripts']);
  });

  it('builds from what the build stage has', () => {
    copyInto(app, buildStage);
    expect(existsSync(path.join(app, 'src/extensions.ts'))).toBe(true);
    expect(existsSync(path.join(app, 'libs/balancing/src/balancing.spec.ts'))).toBe(false);
    expect(buildStage.filter(({ word }) => word === 'RUN').map(({ rest }) => rest)).toEqual(['npm ci --ignore-scripts', 'npm run build']);
    const { status, stdout } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: app, encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
    for (const source of ['src', 'libs', 'scripts']) rmSync(path.join(app, source), { recursive: true });
  }, 240_000);

  it('is not root, and ends with SIGTERM', () => {
    expect(Number(last('USER').split(':')[0])).toBeGreaterThan(0);
    expect([last('EXPOSE'), last('STOPSIGNAL'), last('WORKDIR')]).toEqual(['8000', 'SIGTERM', '/app']);
  });

  it.each<[string, string, number]>([
    ['in clear', '', 0],
    ['over TLS', 'off', 0],
    ['over TLS that wants a certificate', 'required', 0],
    ['over TLS that wants a certificate, of an older version', 'required', 0],
  ])('is healthy %s', async (what, clients, code) => {
    await using ca = await Authority.create();
    const { cert, key } = await ca.issue();
    const maxVersion = what.endsWith('older version') ? 'TLSv1.2' : 'TLSv1.3';
    const answer: RequestListener = (request, response) => { response.writeHead(request.url === '/health/live' ? 200 : 404).end(); };
    const server = clients === '' ? createHttpServer(answer) : createHttpsServer({ cert, key, ca: ca.cert, requestCert: clients === 'required', rejectUnauthorized: clients === 'required', maxVersion }, answer);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await healthy(port)).toBe(code);
    expect(await healthy(port, { PASSERELLE_HEALTH_URL: `${clients === '' ? 'http' : 'https'}://127.0.0.1:${port}/elsewhere` })).toBe(clients === 'required' ? 0 : 1);
    server.closeAllConnections();
    await new Promise((resolve) => { server.close(resolve); });
  });

  it('is not healthy where nobody answers in time', async () => {
    const server = createServer((socket) => { socket.resume().on('error', () => {}); }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(await healthy((server.address() as AddressInfo).port)).toBe(1);
    server.close();
  });

  it('starts on the production packages alone, is healthy by its own check, and ends cleanly', async () => {
    copyInto(app, finalStage);
    writeFileSync(path.join(app, 'only.mjs'), onlyProductionPackages());
    writeFileSync(path.join(app, 'gateway.yaml'), 'version: 1\nserver: { host: 127.0.0.1 }\n');
    const port = await freePort();
    const [, ...entry] = JSON.parse(last('ENTRYPOINT')) as string[];
    const command = (JSON.parse(last('CMD')) as string[]).map((word) => word.replace('/etc/passerelle', app));
    const env = { PATH: process.env['PATH'], NODE_ENV: 'production', PASSERELLE__SERVER__PORT: String(port) };
    const gateway = spawn(process.execPath, ['--import', './only.mjs', ...entry, ...command], { cwd: app, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(gateway, 'close');
    let said = '';
    for (const stream of [gateway.stdout, gateway.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { said += text; });
    try {
      while (!said.includes('listens on') && gateway.exitCode === null) await Promise.race([once(gateway.stdout, 'data'), ended]);
      expect(said).toContain(`Passerelle listens on http://127.0.0.1:${port} `);
      expect(await healthy(port)).toBe(0);
      gateway.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(await healthy(port)).toBe(1);
    } finally {
      gateway.kill('SIGKILL');
    }
  }, 120_000);

  /** Runs the image's health check against another port. @returns its exit code. */
  async function healthy(port: number, more: Record<string, string> = {}): Promise<number> {
    const [, ...check] = JSON.parse(last('HEALTHCHECK').replace(/^.*?CMD /, '')) as string[];
    const asking = spawn(process.execPath, check, { cwd: app, env: { PASSERELLE__SERVER__PORT: String(port), ...more }, stdio: 'ignore', timeout: 15_000 });
    const [code] = (await once(asking, 'exit')) as [number];
    return code;
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
