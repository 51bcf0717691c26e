import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from 'redis';
import { parse } from 'yaml';
import { until } from '#libs/testing';
import { dockerCompose, output } from '../support/deploy-tools.js';
import { build, Passerelle } from '../support/passerelle.js';
import { findRedis, RedisServer } from '../support/redis.js';
import { loose, missingFiles, type ComposeFile } from './compose.fixture.js';
import { read, root } from './kubernetes.fixture.js';

const compose = await dockerCompose();
const redis = await findRedis();
const folder = path.join(root, 'deploy/compose');
const version = (JSON.parse(read('package.json')) as { version: string }).version;
const config = (env: Record<string, string> = {}): ComposeFile => JSON.parse(output(compose ?? '', ['--file', path.join(folder, 'compose.yaml'), 'config', '--format', 'json'], env)) as ComposeFile;

(compose === null ? describe.skip : describe)('O12: the Compose stack, read by Docker Compose', () => {
  const file = compose === null ? { services: {}, networks: {}, secrets: {} } : config();
  const services = Object.entries(file.services);

  it('has everything', () => {
    expect(Object.keys(file.services).toSorted()).toEqual(['alertmanager', 'consul', 'gateway', 'grafana', 'hello', 'jaeger', 'migrate', 'postgres', 'prometheus', 'redis']);
  });

  it('lets nothing do more than it should', () => {
    expect(services.flatMap(([name, service]) => loose(service, version).map((wrong) => `${name} ${wrong}`))).toEqual([]);
    expect(services.filter(([, { security_opt: options }]) => options?.join() !== 'no-new-privileges:true')).toEqual([]);
  });

  it('and the check of that finds mistakes', () => {
    expect(loose({ image: 'redis', user: '0', environment: { PASSWORD: 'x', TOKEN_FILE: '/etc/x' }, deploy: {} }, version)).toHaveLength(7);
  });

  it('mounts only what is there, to be read', () => {
    expect(services.flatMap(([, service]) => missingFiles(service))).toEqual([]);
  });

  it('starts again by itself, and knows who is well', () => {
    expect(services.filter(([name, { restart }]) => restart !== (name === 'migrate' ? 'no' : 'unless-stopped'))).toEqual([]);
    // One ends by itself, and the image of the other has no program to ask with.
    expect(services.filter(([, { healthcheck }]) => (healthcheck?.test?.length ?? 0) < 2).map(([name]) => name).toSorted()).toEqual(['hello', 'migrate']);
    expect(file.services['gateway']?.depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' }, redis: { condition: 'service_healthy' }, postgres: { condition: 'service_healthy' }, consul: { condition: 'service_healthy' } });
  });

  it('keeps Redis and PostgreSQL to the gateway, and everything to this machine', () => {
    const on = (network: string): string[] => services.filter(([, { networks }]) => networks !== undefined && network in networks).map(([name]) => name).toSorted();
    expect(on('data')).toEqual(['gateway', 'migrate', 'postgres', 'redis']);
    expect(on('services')).toEqual(['consul', 'gateway', 'hello']);
    expect(on('edge')).toEqual(['gateway']);
    expect(['data', 'services', 'monitoring'].filter((name) => file.networks[name]?.internal !== true)).toEqual([]);
    const ports = services.flatMap(([name, service]) => (service.ports ?? []).map((port) => [name, port.host_ip]));
    expect(ports.filter(([, address]) => address !== '127.0.0.1')).toEqual([]);
    expect(config({ GATEWAY_BIND: '0.0.0.0' }).services['gateway']?.ports?.[0]?.host_ip).toBe('0.0.0.0');
  });

  it('has every variable in .env.example, with its default', () => {
    const text = read('deploy/compose/compose.yaml');
    const used = new Map([...text.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name, fallback]) => [name, fallback]));
    const told = new Map([...read('deploy/compose/.env.example').matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
    expect(told).toEqual(used);
    expect(text).not.toMatch(/\$\{\w+\}/);
  });

  it('waits longer for the gateway to end than the gateway does', () => {
    const { server } = parse(read('deploy/docker/gateway/gateway.yaml')) as { server: { grace: string; port: number } };
    expect(Number.parseInt(file.services['gateway']?.stop_grace_period ?? '', 10)).toBeGreaterThan(Number.parseInt(server.grace, 10));
    expect(file.services['gateway']?.ports?.[0]?.target).toBe(server.port);
  });
});

describe('O12: secrets.sh, and what is made of it', () => {
  const secrets = path.join(mkdtempSync(path.join(tmpdir(), 'passerelle-compose-')), 'secrets');
  const make = (): string => output('sh', [path.join(folder, 'secrets.sh'), secrets]);
  const all = (): Record<string, string> => Object.fromEntries(readdirSync(secrets).map((name) => [name, readFileSync(path.join(secrets, name), 'utf8')]));
  beforeAll(() => { make(); });
  afterAll(() => rmSync(path.dirname(secrets), { recursive: true }));

  it('makes what the stack wants, for nobody else’s eyes, and leaves it alone afterwards', () => {
    const first = all();
    const wanted = Object.values((parse(read('deploy/compose/compose.yaml')) as ComposeFile).secrets).map(({ file }) => path.basename(file ?? ''));
    expect(Object.keys(first).toSorted()).toEqual(wanted.toSorted());
    expect(statSync(secrets).mode & 0o777).toBe(0o700);
    expect(make()).toBe('');
    expect(all()).toEqual(first);
    expect(new Set(Object.values(first)).size).toBe(wanted.length);
    expect(read('deploy/compose/.gitignore')).toBe('secrets/\n.env\n');
  });

  it('gives the gateway the rights that docs/operations/redis.md tells, and no others', () => {
    const [told] = /^user passerelle on >secret (.+)$/m.exec(read('docs/operations/redis.md'))?.slice(1) ?? [];
    expect(all()['redis_acl']).toMatch(new RegExp(`^user passerelle on #[0-9a-f]{64} ${told?.replaceAll(/[+*]/g, '\\$&')}$`, 'm'));
  });

  (redis === null ? it.skip : it)('the gateway of the stack starts with its file, its secrets, and its Redis', async () => {
    build();
    const conf = read('deploy/docker/redis/redis.conf').split('\n').filter((line) => line !== '' && !/^(?:#|dir )/.test(line)).map((line) => line.replace('/run/secrets', secrets));
    await using server = await RedisServer.start(redis ?? '', { lines: conf });
    const nobody = createClient({ url: `redis://127.0.0.1:${server.port}` }).on('error', () => {});
    await nobody.connect();
    expect(await nobody.ping()).toBe('PONG');
    await expect(nobody.get('passerelle:x')).rejects.toThrow('NOPERM');
    nobody.destroy();
    const env = { SECRETS: secrets, DATA: path.dirname(secrets) };
    const file = path.join(root, 'deploy/docker/gateway/gateway.yaml');
    output(process.execPath, [path.join(root, 'bin/passerelle'), 'check', '--strict', file], env);
    const here = { PASSERELLE__REDIS__URL: `redis://127.0.0.1:${server.port}`, PASSERELLE__REDIS__TIMEOUT: '5s', PASSERELLE__SERVER__PORT: '0', PASSERELLE__SERVER__HOST: '127.0.0.1', PASSERELLE__SERVICES__HELLO__DISCOVER__ADDRESS: 'http://127.0.0.1:1' };
    await using gateway = Passerelle.run(['start', '--config', file], { env: { ...env, ...here } });
    const [, url] = await gateway.says(/listens on (http:\S+)/);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/docs`)).status).toBe(404);
    await until(async () => /^gateway_redis_up 1$/m.test(await (await fetch(`${url}/metrics`)).text()));
    // Nobody knows the service; but the requests were counted, in Redis, where the count stays until it would be full again.
    const answers = await Promise.all(Array.from({ length: 30 }, () => fetch(`${url}/hello`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    const own = createClient({ url: `redis://passerelle:${all()['redis_password']}@127.0.0.1:${server.port}` }).on('error', () => {});
    await own.connect();
    expect((await own.scan('0')).keys.length).toBeGreaterThan(0);
    await expect(own.sendCommand(['FLUSHALL'])).rejects.toThrow('NOPERM');
    own.destroy();
    expect(gateway.err + gateway.out).not.toContain('NOPERM');
  }, 180_000);
});
