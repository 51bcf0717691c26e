import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openOffline, type Offline } from '../../src/cli/offline.js';
import { builtIns } from '../../src/extensions.js';
import { CONFIGURATION, JWT_SECRET_KEY } from './dhatu.fixture.js';
import { failuresOf, twice, untried } from './own-tests.js';

const CALLERS = ['nobody', 'reader', 'member', 'curator', 'admin', 'service', 'janitor', 'a key'];
const FOLDER = path.dirname(CONFIGURATION);

function opened(env: Record<string, string> = {}): Promise<Offline> {
  return openOffline({ file: CONFIGURATION, env: { JWT_SECRET_KEY, DATA_DIR: tmpdir(), ...env }, builtIns });
}

describe('dhatu, X2: the tests of its configuration', () => {
  let offline: Offline;
  beforeAll(async () => { offline = await opened(); });
  afterAll(() => offline[Symbol.asyncDispose]());

  it('the file is without warnings, and all of them hold', async () => {
    expect([offline.loaded.warnings, await failuresOf(offline)]).toEqual([[], []]);
  });

  it('every route is tried with nobody, every role, one that does not exist, and keys', async () => {
    expect(await untried(offline, CALLERS)).toEqual([]);
  });

  it('no request is there twice', () => expect(twice(offline)).toEqual([]));

  it('the topology is that of the routes', () => {
    const { endpoints, routes } = offline.loaded.config;
    const calls: Record<string, string[]> = {};
    for (const { match, to = '' } of Object.values(routes)) (calls[to] ??= []).push(...match.path.map((at) => at.replace(/\/\*\*$/, '')));
    expect(endpoints['topology']?.answer).toMatchObject({ calls });
  });

  it('what its README announces is what holds without a variable', () => {
    const { config: { identity, redis, server, tracing } } = offline.loaded;
    expect([server.host, server.port, server.workers, redis, tracing.export]).toEqual(['0.0.0.0', 8000, 4, undefined, 'off']);
    expect([identity?.signing.algorithm, identity?.access.lifetime]).toEqual(['HS256', 1_800_000]);
  });
});

describe('dhatu: what variables choose', () => {
  it.each<[string, Record<string, string>]>([
    ['the environment of its README', {
      GATEWAY_HOST: '0.0.0.0', GATEWAY_PORT: '8000', GATEWAY_WORKERS: '4', REDIS_URL: 'redis://localhost:6379', REDIS_PASSWORD: 'secure_password', COMPRESSION_SERVICE_URL: 'http://compression:8001',
      CORPUS_SERVICE_URL: 'http://corpus:8002', ANALYSIS_SERVICE_URL: 'http://analysis:8003', JWT_ALGORITHM: 'HS256', JWT_EXPIRE_MINUTES: '30', PROMETHEUS_ENABLED: 'true', JAEGER_ENDPOINT: 'http://jaeger:14268/api/traces',
    }],
    ['Consul', { SERVICES: 'consul' }],
    ['a provider for browsers', { PROVIDER: 'login', OIDC_ISSUER: 'https://login.example.org', OIDC_CLIENT_ID: 'dhatu', OIDC_CLIENT_SECRET: 'secret', OIDC_COOKIE_SECRET: JWT_SECRET_KEY }],
    ['a provider for programs', { PROVIDER: 'tokens', OIDC_ISSUER: 'https://login.example.org', OIDC_AUDIENCE: 'dhatu' }],
    ['two versions', { API_VERSIONS: 'v1-v2', V1_DEPRECATED: '2026-01-31', V1_SUNSET: '2027-01-31' }],
    ...['round-robin', 'least-connections', 'p2c'].map((use): [string, Record<string, string>] => [use, { LOAD_BALANCING: use }]),
  ])('%s: without warnings, and the tests hold', async (_what, env) => {
    await using offline = await opened(env);
    expect([offline.loaded.warnings, await failuresOf(offline)]).toEqual([[], []]);
  });

  it('Redis has the password, and Jaeger is where it takes OTLP', async () => {
    await using offline = await opened({ REDIS_URL: 'redis://localhost:6379', REDIS_PASSWORD: 'secure_password', JAEGER_ENDPOINT: 'http://jaeger:14268/api/traces' });
    const { redis, tracing } = offline.loaded.config;
    expect([redis?.password?.reveal(), tracing.export]).toEqual(['secure_password', expect.objectContaining({ use: 'otlp-http', url: 'http://jaeger:4318/v1/traces' })]);
  });

  it('Consul may want a token', async () => {
    await using offline = await opened({ SERVICES: 'consul', PASSERELLE__SERVICES__CORPUS__DISCOVER__TOKEN: 'a-token' });
    const { compression, corpus } = offline.loaded.config.services;
    expect([compression?.discover?.['token'], JSON.stringify(corpus?.discover?.['token'])]).toEqual([undefined, '"[redacted]"']);
    expect(offline.loaded.warnings).toEqual([]);
  });

  it('PROMETHEUS_ENABLED=false: figures are nowhere', async () => {
    await using offline = await opened({ PROMETHEUS_ENABLED: 'false' });
    expect([Object.keys(offline.loaded.config.endpoints).includes('metrics'), await failuresOf(offline)]).toEqual([false, []]);
  });

  it.each([['SERVICES', 'nomad'], ['PROVIDER', 'google'], ['TLS', 'yes'], ['API_VERSIONS', 'v2'], ['PROMETHEUS_ENABLED', '1']])('%s=%s is a mistake', async (name, word) => {
    await expect(opened({ [name]: word })).rejects.toThrow(new RegExp(`options/\\w+\\.${word}\\.yaml: there is no such file`));
  });

  it('the secret of its README is too short to be one', async () => {
    await expect(opened({ JWT_SECRET_KEY: 'your_secret_key' })).rejects.toThrow(/identity\.signing\.secret/);
  });
});

it('dhatu: .env.example has every variable of the gateway and no other', () => {
  const read = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8');
  const used = ['gateway.yaml', ...readdirSync(path.join(FOLDER, 'options')).map((name) => `options/${name}`)].flatMap((name) => [...read(name).matchAll(/\$\{([A-Z][A-Z0-9_]*)/g)].map(([, variable]) => variable as string));
  const told = [...read('.env.example').matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, variable]) => variable as string).filter((variable) => !/^PASSERELLE__|^(?:POSTGRES_PASSWORD|CONSUL_HTTP_TOKEN)$/.test(variable));
  expect(told.toSorted()).toEqual([...new Set(used)].toSorted());
});
