import { mkdirSync, symlinkSync } from 'node:fs';
import { ConfigFolder, valid } from './config.fixture.js';

const bomb = (depth: number): string => [
  'version: 1', 'info:', '  title: x', 'x0: &x0 [a, a, a, a, a, a, a, a, a, a]',
  ...Array.from({ length: depth }, (_, index) => `x${index + 1}: &x${index + 1} [${Array.from({ length: 10 }, () => `*x${index}`).join(', ')}]`),
].join('\n');

describe('a file that cannot be read', () => {
  it.each<[string, Readonly<Record<string, string | Uint8Array>>, string]>([
    ['missing', {}, 'gateway.yaml: there is no such file'],
    ['empty', { 'gateway.yaml': '' }, 'gateway.yaml: the file is empty'],
    ['blank', { 'gateway.yaml': ' \n\n' }, 'gateway.yaml: the file is empty'],
    ['only comments', { 'gateway.yaml': '# nothing\n' }, 'gateway.yaml:1:1: the file holds no values'],
    ['binary', { 'gateway.yaml': new Uint8Array([0x89, 0x50, 0x00, 0x01]) }, 'gateway.yaml: this is a binary file (or UTF-16), expected UTF-8 text'],
    ['not UTF-8', { 'gateway.yaml': new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a]) }, 'gateway.yaml: the file is not UTF-8 text'],
    ['huge', { 'gateway.yaml': `# ${'x'.repeat(4 * 1024 * 1024)}` }, 'gateway.yaml: the file is over 4 MiB'],
    ['a list', { 'gateway.yaml': '- version: 1' }, 'gateway.yaml:1:1: expected a map of settings at the top, such as `version: 1`'],
    ['a text', { 'gateway.yaml': 'hello' }, 'gateway.yaml:1:1: expected a map of settings at the top, such as `version: 1`'],
  ])('%s: one clear line', async (_name, files, expected) => {
    using folder = new ConfigFolder(files);
    expect(await folder.mistakes()).toEqual([expected]);
  });

  it('a directory', async () => {
    using folder = new ConfigFolder({});
    mkdirSync(folder.at('gateway.yaml'));
    expect(await folder.mistakes()).toEqual(['gateway.yaml: this is a directory, expected a file']);
  });

  it('a device that never ends', async () => {
    using folder = new ConfigFolder({});
    symlinkSync('/dev/zero', folder.at('gateway.yaml'));
    expect(await folder.mistakes()).toEqual(['gateway.yaml: this is not a regular file']);
  });
});

describe('a file that is not YAML, or too clever', () => {
  it.each<[string, string, RegExp]>([
    ['an open brace', 'version: 1\nserver: { port: 1', /^gateway\.yaml:\d+:\d+: not valid YAML: /],
    ['a tab', 'version: 1\nserver:\n\tport: 1', /^gateway\.yaml:3:1: not valid YAML: tabs cannot indent, use spaces$/],
    ['a key twice', 'version: 1\nversion: 1', /^gateway\.yaml:2:1: this key is written twice in one map$/],
    ['an interpolation without quotes', 'version: 1\nserver: { port: ${PORT} }', /Inside { } or \[ \] an interpolation needs quotes/],
    ['a tag', 'version: 1\ninfo: { title: !secret x }', /^gateway\.yaml:2:16: not valid YAML: Unresolved tag: !secret$/],
    ['two documents', 'version: 1\n---\nversion: 1', /^gateway\.yaml:2:1: not valid YAML: .*multiple documents/],
    ['an alias without anchor', 'version: 1\ninfo: *nothing', /^gateway\.yaml:2:7/],
    ['an alias in itself', 'version: 1\ninfo: &a { title: *a }', /^gateway\.yaml:2:19 info\.title: \*a contains itself$/],
    ['an alias bomb', bomb(8), /aliases bring in more than 50000 values$/],
    ['a tower of lists', `version: 1\ninfo: ${'['.repeat(100)}${']'.repeat(100)}`, /values are nested more than 64 deep$/],
    ['a skyscraper of lists', `version: 1\ninfo: ${'['.repeat(100_000)}`, /^gateway\.yaml:2:\d+: the values are nested too deeply$/],
    ['a map as a key', 'version: 1\n? { a: 1 }\n: 2', /a key must be a name$/],
    ['a prototype', 'version: 1\n__proto__: { polluted: true }', /^gateway\.yaml:2:1 __proto__: this name is not allowed$/],
    ['a merge of text', 'version: 1\ninfo: { <<: x }', /`<<` takes a map/],
  ])('%s', async (_name, text, expected) => {
    using folder = new ConfigFolder({ 'gateway.yaml': text });
    const mistakes = await folder.mistakes();
    expect(mistakes.filter((line) => expected.test(line))).toHaveLength(1);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('anchors, aliases and merge keys that are not hostile work', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`policies:
  a: &base { authenticate: none, timeout: { total: 5s } }
  b: { <<: *base, timeout: { idle: 1s } }
routes:
  r: { match: { path: /r }, use: [b], to: echo }`) });
    const { config } = await folder.load();
    expect(config.routes['r']).toMatchObject({ authenticate: 'none', timeout: { idle: 1000, total: 30_000 } });
  });

  it('JSON is YAML', async () => {
    using folder = new ConfigFolder({ 'gateway.json': '{\n  "version": 1,\n  "server": { "port": 81 }\n}' });
    expect((await folder.load({}, 'gateway.json')).config.server.port).toBe(81);
  });
});

describe('loadConfig', () => {
  it('reports every kind of mistake at once, sorted by line', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`log: { levl: info }
routes:
  r: { match: { path: /r }, to: ech, use: [nobody], timeout: { total: 10 } }
  s: { match: { path: "/:x" }, to: echo, path: { template: "/{y}" } }
metrics: { names: { requests: "\${METRIC}" } }`) });
    expect((await folder.mistakes()).map((line) => line.replace(/ \(allowed.*|; allowed.*/, ''))).toEqual([
      'gateway.yaml:4:8 log.levl: unknown key. Did you mean "level"?',
      'gateway.yaml:6:33 routes.r.to: there is no service "ech". Did you mean "echo"?',
      'gateway.yaml:6:44 routes.r.use[0]: there is no policy "nobody"; the file defines none',
      'gateway.yaml:6:71 routes.r.timeout.total: expected "off" or a duration such as 250ms, 10s, 5m or 1h, got 10. Did you mean "10s"?',
      'gateway.yaml:7:60 routes.s.path.template: "/{y}" has the unknown placeholder {y}',
      expect.stringContaining('gateway.yaml:8:31 metrics.names.requests: the environment variable METRIC is not set'),
    ]);
  });

  it('gives the whole effective configuration, frozen', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid('routes: { r: { match: { path: /r }, to: echo } }') });
    const { config, extensions } = await folder.load();
    expect(config.file).toBe(folder.at('gateway.yaml'));
    expect(config.routes['r']).toMatchObject({ authenticate: ['users'], authorize: 'any', to: 'echo', timeout: { total: 30_000 } });
    expect(config.services['echo']?.balance).toEqual({ use: 'p2c', window: 7 });
    expect(Object.isFrozen(config.routes['r']?.timeout)).toBe(true);
    expect(extensions.all('authenticator').map(({ name }) => name)).toEqual(['token', 'header']);
  });

  it('takes two thousand routes in its stride', async () => {
    const routes = Array.from({ length: 2_000 }, (_, index) => `  r${index}: { match: { path: /r${index}/** }, use: [p], to: echo, timeout: { total: 5s } }`).join('\n');
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`policies: { p: { authorize: { roles: [a] } } }\nroutes:\n${routes}`) });
    const before = process.threadCpuUsage();
    const { config } = await folder.load();
    expect(Object.keys(config.routes)).toHaveLength(2_000);
    const { system, user } = process.threadCpuUsage(before);
    expect((system + user) / 1_000).toBeLessThan(15_000);
  }, 60_000);
});
