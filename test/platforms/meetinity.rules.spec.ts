import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { arriving } from '../../src/cli/dry-request.js';
import { openOffline, type Offline } from '../../src/cli/offline.js';
import { testName } from '../../src/cli/test-run.js';
import { builtIns } from '../../src/extensions.js';
import { SECRET } from '../support/jwt.js';
import { CONFIGURATION } from './meetinity.fixture.js';
import { failuresOf } from './own-tests.js';

const FIRST = 'deploy/platforms/meetinity/gateway.v1.yaml';
const open = (env: Record<string, string> = {}, file = CONFIGURATION): Promise<Offline> => openOffline({ file, env: { JWT_SECRET: SECRET, ...env }, builtIns });

describe('Meetinity, X2: the tests of its configuration', () => {
  let offline: Offline;
  beforeAll(async () => { offline = await open(); });
  afterAll(() => offline[Symbol.asyncDispose]());

  it('the file is without warnings, and all of them hold', async () => {
    expect([offline.loaded.warnings, await failuresOf(offline)]).toEqual([[], []]);
  });

  it('every route is tried with nobody and somebody, at each place it is mounted', async () => {
    const { dry, loaded: { config } } = offline;
    const wanted = Object.entries(config.routes).flatMap(([name, { authenticate }]) => ['', '/v1', '/v2'].flatMap((mount) => [`${name} ${mount} nobody`, ...(isOpen(authenticate) ? [] : [`${name} ${mount} somebody`])]));
    const tried = new Set<string>();
    for (const { request: { as, headers, method, url } } of config.tests) {
      const caller = as ? { ...as, roles: [], claims: {} } : null;
      const { exchange } = await dry.run(arriving({ method, url, headers: Object.entries(headers), caller }));
      tried.add(`${exchange.route?.name ?? ''} ${/^\/v\d/.exec(url)?.[0] ?? ''} ${as ? 'somebody' : 'nobody'}`);
    }
    // Told by a header, it differs in nothing else.
    expect(wanted.filter((each) => !tried.has(each) && !each.startsWith('auth-profile /'))).toEqual([]);
  });

  it('no request is there twice', () => {
    const names = offline.loaded.config.tests.filter(({ request: { headers }, expect: { headers: sent } }) => Object.keys(headers).length === 0 && !sent).map(testName);
    expect(names.filter((name, index) => names.indexOf(name) !== index && name !== 'GET /api/auth/profile')).toEqual([]);
  });
});

function isOpen(authenticate: unknown): boolean {
  return authenticate === 'none' || (typeof authenticate === 'object' && (authenticate as { any?: readonly string[] }).any?.length === undefined && !Array.isArray(authenticate));
}

describe('Meetinity: variables that choose a shape', () => {
  it.each<[string, Record<string, string>]>([
    ['a strategy by weights', { LOAD_BALANCER_STRATEGY: 'weighted', USER_SERVICE_STATIC_INSTANCES: 'http://a:1|3,http://b:1' }],
    ['a strategy by health', { LOAD_BALANCER_STRATEGY: 'health' }],
    ['no cache, no compression', { CACHE_ENABLED: 'false', COMPRESSION_ENABLED: 'false' }],
    ['Redis', { CACHE_BACKEND: 'redis', CACHE_REDIS_URL: 'redis://localhost:6379' }],
    ['GraphQL', { GRAPHQL_ENABLED: 'true', GRAPHQL_ROUTER_URL: 'http://router:4000' }],
    ['traces', { OTEL_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }],
    ['levels with two underscores', { USER__SERVICE__URL: 'http://a:1', CACHE__ENABLED: 'false' }],
    ['versions', { API_VERSIONS: 'v1,v2', API_VERSION_DEPRECATIONS: 'v1=2025-01-01', API_VERSION_SUNSETS: 'v1=2027-01-01', API_VERSION_WARNINGS: 'v1=Version v1 ends, move to v2' }],
  ])('%s', async (_what, env) => {
    await using offline = await open(env);
    expect([offline.loaded.warnings, await failuresOf(offline)]).toEqual([[], []]);
  });

  it('a shape that does not exist is a mistake', async () => {
    await expect(open({ LOAD_BALANCER_STRATEGY: 'fastest' })).rejects.toThrow(/switches\/balance\.fastest\.txt/);
  });
});

it('M1: the first gateway is without warnings, and its tests hold', async () => {
  await using offline = await open({}, FIRST);
  expect([offline.loaded.warnings, await failuresOf(offline), offline.loaded.config.tests.length > 5]).toEqual([[], [], true]);
});

it('Meetinity: .env.example has every variable of the gateways and no other', () => {
  const folder = path.dirname(CONFIGURATION);
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  const files = ['gateway.yaml', 'gateway.v1.yaml', ...readdirSync(path.join(folder, 'switches')).map((name) => `switches/${name}`)];
  const used = files.flatMap((name) => [...read(name).matchAll(/\$\{([A-Z_\d]+)/g)].map(([, variable]) => variable as string));
  const told = [...read('.env.example').matchAll(/^(?:# )?([A-Z_\d]+)=/gm)].map(([, variable]) => variable as string).filter((variable) => !variable.startsWith('PASSERELLE__'));
  expect(told.toSorted()).toEqual([...new Set(used)].toSorted());
});
