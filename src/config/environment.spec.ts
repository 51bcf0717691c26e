import { ConfigFolder, valid } from './config.fixture.js';

const FILE = valid('routes: { user-service: { match: { path: /r }, to: echo } }');

describe('overrides from the environment', () => {
  it.each<[string, string, readonly (string | number)[], unknown]>([
    ['PASSERELLE__SERVER__PORT', '9000', ['server', 'port'], 9000],
    ['passerelle__server__port', '9000', ['server', 'port'], 9000],
    ['PASSERELLE__DEFAULTS__TIMEOUT__FIRST_BYTE', '3s', ['routes', 'user-service', 'timeout', 'firstByte'], 3000],
    ['PASSERELLE__ROUTES__USER_SERVICE__TIMEOUT__FIRSTBYTE', '4s', ['routes', 'user-service', 'timeout', 'firstByte'], 4000],
    ['PASSERELLE__LOG__ACCESS', 'off', ['log', 'access'], false],
    ['PASSERELLE__LOG__QUERY', 'true', ['log', 'query'], true],
    ['PASSERELLE__INFO__VERSION', '2.10', ['info', 'version'], '2.10'],
    ['PASSERELLE__FORWARDED__TRUST', '10.0.0.0/8, loopback', ['forwarded', 'trust'], ['10.0.0.0/8', 'loopback']],
    ['PASSERELLE__SERVICES__ECHO__TARGETS', 'http://a:1|3,http://b:1', ['services', 'echo', 'targets'], [{ url: 'http://a:1', weight: 3, zone: '', priority: 0 }, { url: 'http://b:1', weight: 1, zone: '', priority: 0 }]],
    ['PASSERELLE__SERVICES__ECHO__TARGETS__0__URL', 'http://c:1', ['services', 'echo', 'targets', 0, 'url'], 'http://c:1'],
    ['PASSERELLE__ENDPOINTS__DOCS', 'off', ['endpoints', 'docs'], undefined],
  ])('%s=%s', async (name, text, path, expected) => {
    using folder = new ConfigFolder({ 'gateway.yaml': FILE });
    const { config } = await folder.load({ [name]: text });
    expect(path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], config)).toEqual(expected);
    if (expected !== undefined) expect(config.originOf(path)).toEqual({ file: name, line: 0, layer: 'environment' });
  });

  it.each<[string, string, string]>([
    ['PASSERELLE__SERVER__PROT', '1', 'PASSERELLE__SERVER__PROT server: there is no setting "PROT". Did you mean "port"? (allowed: host, port, workers, tls, http2, limits, timeout, watch, grace, plugins)'],
    ['PASSERELLE__ROUTES__USERSERVICES__TO', 'x', 'PASSERELLE__ROUTES__USERSERVICES__TO routes: there is no setting "USERSERVICES". Did you mean "user-service"? (allowed: user-service)'],
    ['PASSERELLE__SERVER__PORT', 'many', 'PASSERELLE__SERVER__PORT server.port: expected a number, got [redacted]'],
    ['PASSERELLE__SERVER__PORT__X', '1', 'PASSERELLE__SERVER__PORT__X server.port: there is no setting "X"'],
    ['PASSERELLE__', '1', 'PASSERELLE__: there is no setting ""'],
  ])('%s=%s is told, and values of the environment are not shown', async (name, text, expected) => {
    using folder = new ConfigFolder({ 'gateway.yaml': FILE });
    expect((await folder.mistakes({ [name]: text })).map((line) => (expected.includes('(allowed') ? line : line.replace(/ \(allowed.*/, '')))).toEqual([expected]);
  });

  it('a .env file beside the file counts, less than the environment', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid('server: { port: "${PORT}" }\ninfo: { name: "${NAME}" }'), '.env': 'PORT=81\nNAME="from file"\n' });
    const { config } = await folder.load({ PORT: '82' });
    expect([config.server.port, config.info.name]).toEqual([82, 'from file']);
  });
});
