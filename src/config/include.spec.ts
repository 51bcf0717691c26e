import { ConfigFolder, valid } from './config.fixture.js';

const ROUTE = (name: string): string => `routes: { ${name}: { match: { path: /${name} }, to: echo } }\n`;

describe('include', () => {
  it('merges files, globs and files of files', async () => {
    using folder = new ConfigFolder({
      'gateway.yaml': valid(`include: [a.yaml, "routes/*.yaml", none.yaml?]\nlog: { level: debug }\ntests: [{ request: { url: /1 }, expect: {} }]`),
      'a.yaml': 'include: nested/b.yaml\nversion: 1\nlog: { query: true }\ntests: [{ request: { url: /2 }, expect: {} }]',
      'nested/b.yaml': ROUTE('b'),
      'routes/c.yaml': ROUTE('c'),
      'routes/d.yaml': ROUTE('d'),
    });
    const looked = new Map<string, string>();
    const { config } = await folder.load({}, 'gateway.yaml', looked);
    expect(Object.keys(config.routes)).toEqual(['b', 'c', 'd']);
    expect(config.log).toMatchObject({ level: 'debug', query: true });
    expect(config.tests.map(({ request }) => request.url)).toEqual(['/1', '/2']);
    const places = ['.env', '.env.local', 'gateway.yaml', 'a.yaml', 'nested/b.yaml', 'none.yaml', 'routes', 'routes/c.yaml', 'routes/d.yaml'];
    expect([...looked.keys()].sort()).toEqual(places.map((name) => folder.at(name)).sort());
  });

  it('reads a file that two files include once', async () => {
    using folder = new ConfigFolder({
      'gateway.yaml': valid('include: [a.yaml, b.yaml]'), 'a.yaml': 'include: c.yaml', 'b.yaml': 'include: c.yaml', 'c.yaml': ROUTE('c'),
    });
    expect(Object.keys((await folder.load()).config.routes)).toEqual(['c']);
  });

  it('resolves ${file:} from the folder of the file it stands in', async () => {
    using folder = new ConfigFolder({
      'gateway.yaml': valid('include: deep/a.yaml'), 'deep/a.yaml': 'info: { title: "${file:title.txt}" }', 'deep/title.txt': 'Deep\n', 'title.txt': 'Wrong\n',
    });
    expect((await folder.load()).config.info.title).toBe('Deep');
  });

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['a missing file', { 'gateway.yaml': valid('include: none.yaml') }, ['gateway.yaml:4:10 include: none.yaml: there is no such file']],
    ['a glob without files', { 'gateway.yaml': valid('include: ["none/*.yaml"]') }, ['gateway.yaml:4:11 include: no file matches none/*.yaml; a trailing `?` makes it optional']],
    ['a circle', { 'gateway.yaml': valid('include: a.yaml'), 'a.yaml': 'include: gateway.yaml' }, ['a.yaml:1:10 include: gateway.yaml includes itself (gateway.yaml > a.yaml > gateway.yaml)']],
    ['itself', { 'gateway.yaml': valid('include: gateway.yaml') }, ['gateway.yaml:4:10 include: gateway.yaml includes itself']],
    ['a broken file', { 'gateway.yaml': valid('include: a.yaml'), 'a.yaml': 'routes: [' }, [expect.stringMatching(/^a\.yaml:1:\d+: not valid YAML/) as unknown as string]],
    ['a name in two files', { 'gateway.yaml': valid(`include: a.yaml\n${ROUTE('r')}`), 'a.yaml': ROUTE('r') }, ['a.yaml:1:11 routes.r: defined twice: also at gateway.yaml:5:11']],
    ['a value in two files', { 'gateway.yaml': valid('include: a.yaml\nlog: { level: info }'), 'a.yaml': 'log: { level: debug }' }, ['a.yaml:1:8 log.level: defined twice: also at gateway.yaml:5:8']],
    ['another version', { 'gateway.yaml': valid('include: a.yaml'), 'a.yaml': 'version: 2' }, ['a.yaml:1:1 version: defined twice: also at gateway.yaml:1:1']],
    ['a mistake inside', { 'gateway.yaml': valid('include: a.yaml'), 'a.yaml': '\nlog: { level: infoo }' }, ['a.yaml:2:15 log.level: expected "fatal", "error", "warn", "info", "debug", "trace" or "silent", got "infoo". Did you mean "info"?']],
    ['a number', { 'gateway.yaml': valid('include: 5') }, [expect.stringContaining('gateway.yaml:4:10 include') as unknown as string]],
  ])('%s is told', async (_name, files, expected) => {
    using folder = new ConfigFolder(files);
    expect(await folder.mistakes()).toEqual(expected);
  });
});
