import { ConfigFolder, valid } from './config.fixture.js';

async function effective(more: string, env: Readonly<Record<string, string>> = {}) {
  using folder = new ConfigFolder({ 'gateway.yaml': valid(more) });
  return (await folder.load(env)).config;
}

const ROUTE = (more: string): string => `routes: { r: { match: { path: /r }, to: echo, ${more} } }`;

describe('inheritance', () => {
  it.each<[string, string, unknown]>([
    ['nothing said', ROUTE(''), { total: 30_000, idle: 30_000 }],
    ['defaults', `defaults: { timeout: { total: 1s } }\n${ROUTE('')}`, { total: 1000, idle: 30_000 }],
    ['a policy over defaults', `defaults: { timeout: { total: 1s, idle: 1s } }\npolicies: { p: { timeout: { total: 2s } } }\n${ROUTE('use: p')}`, { total: 2000, idle: 1000 }],
    ['the later of two policies', `policies: { p: { timeout: { total: 2s, idle: 2s } }, q: { timeout: { total: 3s } } }\n${ROUTE('use: [p, q]')}`, { total: 3000, idle: 2000 }],
    ['inline over all', `policies: { p: { timeout: { total: 2s } } }\n${ROUTE('use: [p], timeout: { total: 4s }')}`, { total: 4000 }],
    ['null for one value', `defaults: { timeout: { total: 1s, idle: 1s } }\n${ROUTE('timeout: { total: null }')}`, { total: 30_000, idle: 1000 }],
    ['null for a whole map', `defaults: { timeout: { total: 1s, idle: 1s } }\n${ROUTE('timeout: null')}`, { total: 30_000, idle: 30_000 }],
    ['a value over a null', `policies: { p: { timeout: null } }\ndefaults: { timeout: { idle: 1s } }\n${ROUTE('use: p, timeout: { total: 5s }')}`, { total: 5000, idle: 30_000 }],
  ])('%s', async (_name, text, expected) => {
    expect((await effective(text)).routes['r']?.timeout).toMatchObject(expected as object);
  });

  it('lists replace, and null is a value where the schema knows it', async () => {
    const { routes } = await effective(`defaults: { headers: { request: { drop: [a, b], context: { role: X-R } } } }\n${ROUTE('headers: { request: { drop: [c], context: { role: null } } }')}`);
    expect(routes['r']?.headers.request).toMatchObject({ drop: ['c'], context: { role: null, id: 'X-User-ID' } });
  });

  it('layers may be incomplete as long as the route is not', async () => {
    const config = await effective(`policies: { p: { cors: { credentials: true } } }\n${ROUTE('use: p, cors: { origins: https://a.example }')}`);
    expect(config.routes['r']?.cors).toMatchObject({ origins: ['https://a.example'], credentials: true });
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`policies:\n  p: { cors: { credentials: true } }\n${ROUTE('use: p')}`) });
    expect(await folder.mistakes()).toEqual(['gateway.yaml:5:8 routes.r.cors.origins: missing; expected a list']);
  });

  it('a scalar replaces a map and a map a scalar', async () => {
    const config = await effective(`defaults: { authorize: { roles: [a] }, cors: off }\n${ROUTE('authorize: deny, cors: { origins: "*" }')}`);
    expect(config.routes['r']).toMatchObject({ authorize: 'deny', cors: { origins: ['*'] } });
  });

  it('a route that names no authenticator takes all of them', async () => {
    const config = await effective(`routes:\n  r: { match: { path: /r }, to: echo }\n  open: { match: { path: /o }, to: echo, authenticate: none }`);
    expect([config.routes['r']?.authenticate, config.routes['open']?.authenticate]).toEqual([['users'], 'none']);
    expect(config.defaults.authenticate).toEqual(['users']);
  });
});

describe('endpoints', () => {
  it('are mounted at their usual paths and open, whatever the defaults say', async () => {
    const { endpoints } = await effective('defaults: { authenticate: [users], timeout: { total: 1s } }');
    expect(Object.fromEntries(Object.entries(endpoints).map(([name, { at }]) => [name, at]))).toEqual({
      health: ['/health'], live: ['/health/live'], ready: ['/health/ready'], services: ['/health/services'], service: ['/health/services/:service'],
      metrics: ['/metrics'], info: ['/gateway/info'], docs: ['/docs'], redoc: ['/redoc'], openapi: ['/openapi.json', '/openapi.yaml'],
    });
    expect(Object.values(endpoints).every(({ authenticate, timeout }) => authenticate === 'none' && timeout.total === 1000)).toBe(true);
  });

  it('can be changed, mounted twice, and taken away', async () => {
    const { endpoints } = await effective(`endpoints:
  docs: off
  health: { at: [/health, /healthz], words: { up: ok } }
  probe: { serve: ready, at: /ready }
  metrics: { authorize: { roles: [admin] } }`);
    expect(endpoints['docs']).toBeUndefined();
    expect(endpoints['health']).toMatchObject({ serve: 'health', at: ['/health', '/healthz'], words: { up: 'ok', down: 'unhealthy' } });
    expect(endpoints['probe']).toMatchObject({ serve: 'ready', at: ['/ready'], authenticate: 'none' });
    // Asking for a role asks who it is.
    expect(endpoints['metrics']).toMatchObject({ authenticate: ['users'], at: ['/metrics'] });
  });

  it('an unknown name needs to say what it serves', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid('endpoints:\n  helth: { at: /x }\n  ping: { serve: live }') });
    expect((await folder.mistakes()).map((line) => line.replace(/ \(allowed.*/, ''))).toEqual([
      'gateway.yaml:5:3 endpoints.helth: there is no built-in endpoint of this name: say which one answers with `serve:`. Did you mean "health"?',
      'gateway.yaml:6:3 endpoints.ping.at: missing; expected a list',
    ]);
  });
});

describe('values', () => {
  it.each<[string, string, readonly (string | number)[], unknown]>([
    ['a number from a variable', 'server: { port: "${X}" }', ['server', 'port'], 8080],
    ['text of digits where text is asked for', 'info: { name: "${X}" }', ['info', 'name'], '8080'],
    ['a list from a variable', 'forwarded: { trust: "${LIST}" }', ['forwarded', 'trust'], ['a', 'b']],
    ['a JSON list from a variable', 'forwarded: { trust: "${JSON}" }', ['forwarded', 'trust'], ['c', 'd']],
    ['an empty section', 'server:\nlog:', ['server', 'port'], 8000],
    ['yaml 1.2 off', 'log: { access: off }', ['log', 'access'], false],
  ])('%s', async (_name, text, path, expected) => {
    const config = await effective(text, { X: '8080', LIST: 'a, b', JSON: '["c","d"]' });
    expect(path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], config)).toEqual(expected);
  });

  it('an empty entry of a named map is a mistake, never dropped', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid('policies:\n  p:\nroutes:\n  r:') });
    expect(await folder.mistakes()).toEqual([
      'gateway.yaml:5:5 policies.p: expected a map, got null',
      'gateway.yaml:7:5 routes.r: expected a map, got null',
    ]);
  });
});

describe('originOf', () => {
  it('tells file, line and layer of every value', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`defaults:\n  timeout: { total: 1s, idle: 1s }\npolicies:\n  p: { timeout: { idle: 2s } }\nroutes:\n  r: { match: { path: /r }, to: echo, use: p, body: { types: "a, b" } }`) });
    const { config } = await folder.load();
    const file = folder.at('gateway.yaml');
    expect(config.originOf(['routes', 'r', 'timeout', 'total'])).toEqual({ file, line: 5, layer: 'defaults' });
    expect(config.originOf(['routes', 'r', 'timeout', 'idle'])).toEqual({ file, line: 7, layer: 'policies.p' });
    expect(config.originOf(['routes', 'r', 'timeout', 'connect'])).toEqual({ file: '', line: 0, layer: 'default' });
    expect(config.originOf(['routes', 'r', 'to'])).toEqual({ file, line: 9, layer: 'routes.r' });
    expect(config.originOf(['routes', 'r', 'body', 'types', 1])).toEqual({ file, line: 9, layer: 'routes.r' });
    expect(config.originOf(['services', 'echo', 'targets', 0, 'url'])).toEqual({ file, line: 3, layer: 'services.echo' });
    expect(config.originOf(['endpoints', 'health', 'at'])?.layer).toBe('default');
    expect(config.originOf(['version'])).toEqual({ file, line: 1, layer: 'file' });
  });
});

describe('hash', () => {
  it('changes with any value, secrets included, and not with order or layers', async () => {
    const base = await effective(`defaults: { timeout: { total: 5s } }\n${ROUTE('')}`);
    const reordered = await effective(`${ROUTE('')}\ndefaults: { timeout: { total: 5000ms } }`);
    const changed = await effective(`defaults: { timeout: { total: 6s } }\n${ROUTE('')}`);
    const secret = await effective(`defaults: { timeout: { total: 5s } }\n${ROUTE('')}`, { KEY: 'another-secret' });
    expect(base.hash).toMatch(/^[0-9a-f]{12}$/);
    expect(reordered.hash).toBe(base.hash);
    expect(new Set([base.hash, changed.hash, secret.hash]).size).toBe(3);
  });
});
