import { configured, ENV, ran, SAMPLE } from './io.fixture.js';

describe('exit codes and usage', () => {
  it.each([
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    [['--help'], 0, /Commands:\n {2}start/, /^$/],
    [['explain', '--help'], 0, /Usage: passerelle explain \[options\] <method> <url>/, /^$/],
    [[], 2, /^$/, /Usage: passerelle/],
    [['explian'], 2, /^$/, /unknown command 'explian'\n\(Did you mean explain\?\)/],
    [['start', '--prot', '1'], 2, /^$/, /\(Did you mean --port\?\)/],
    [['start', '--port', '70000'], 2, /^$/, /Expected a port from 0/],
    [['explain', 'GET'], 2, /^$/, /missing required argument 'url'/],
    [['explain', 'GET', 'api'], 2, /^$/, /"api" is neither a path/],
    [['explain', 'GET', '/', '-H', 'nonsense'], 2, /^$/, /is not a header; write it as 'Name: value'/],
    [['explain', 'GET', '/', '--as', 'rol=admin'], 2, /^$/, /Did you mean "role"\?/],
    [['token', '--ttl', 'soon'], 2, /^$/, /Expected a duration/],
    [['completion', 'tcsh'], 2, /^$/, /Allowed choices are bash, zsh, fish/],
    [['check', '/nowhere/gateway.yaml'], 1, /^$/, /there is no such file/],
    [['routes', '--config', '/nowhere/gateway.yaml'], 1, /^$/, /The configuration has a mistake:\n/],
  ])('%j exits with %i', async (argv, code, out, err) => {
    const result = await ran(argv);
    expect(result.code).toBe(code);
    expect(result.out).toMatch(out);
    expect(result.err).toMatch(err);
  });

  it('takes the file from the environment where none is named', async () => {
    using sample = configured(SAMPLE);
    expect((await ran(['check'], { ...ENV, PASSERELLE_CONFIG: sample.file })).code).toBe(0);
  });

  it('tells a wrong configuration as JSON to those who asked for JSON', async () => {
    using sample = configured('version: 1\nroute: {}\n');
    const { code, json } = await ran(['explain', 'GET', '/', '--json', '--config', sample.file]);
    expect(code).toBe(1);
    expect(json()).toMatchObject({ ok: false, issues: [{ line: 2, suggestion: 'routes' }] });
  });
});

describe('check', () => {
  it('says what a good file holds', async () => {
    using sample = configured(SAMPLE);
    const { code, out } = await ran(['check', sample.file], ENV);
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ .*gateway\.yaml: 3 routes, 2 services, \d+ endpoints, 0 tests\n$/);
  });

  it('tells all mistakes at once, with their places', async () => {
    using sample = configured(SAMPLE.replace('to: attendance-service', 'to: atendance-service').replace('total: 20s', 'total: soon'));
    const { code, err } = await ran(['check', sample.file], ENV);
    expect(code).toBe(1);
    expect(err).toMatch(/gateway\.yaml:5:\d+ defaults\.timeout\.total/);
    expect(err).toMatch(/gateway\.yaml:19:\d+ .*Did you mean "attendance-service"\?/);
    expect(err).toContain('2 mistakes');
  });

  it('counts warnings only when it is strict', async () => {
    using sample = configured(SAMPLE.replace('"${JWT_SECRET_KEY}"', 'written-into-the-file-0123456789-0123456789'));
    expect(await ran(['check', sample.file])).toMatchObject({ code: 0, err: expect.stringContaining('warning') });
    const strict = await ran(['check', sample.file, '--strict', '--json']);
    expect(strict.code).toBe(1);
    expect(strict.json()).toMatchObject({ ok: false, errors: [], warnings: [{ path: 'authenticate.users.secret' }] });
    expect(strict.out).not.toContain('written-into-the-file');
  });

  it('finds what only compiling finds', async () => {
    using sample = configured(`${SAMPLE}forwarded: { trust: [nonsense] }\n`);
    const { code, err } = await ran(['check', sample.file], ENV);
    expect(code).toBe(1);
    expect(err).toContain('"nonsense" is neither an address');
  });
});

describe('print', () => {
  it.each([[[]], [['--effective']], [['--origins']], [['--json']], [['--json', '--origins']]])('%j shows no secret', async (flags) => {
    using sample = configured(SAMPLE);
    const { code, out } = await ran(['print', ...flags, '--config', sample.file], ENV);
    expect(code).toBe(0);
    expect(out).not.toContain(ENV.JWT_SECRET_KEY);
    expect(out).toContain('[redacted]');
  });

  it('says where values were written', async () => {
    using sample = configured(SAMPLE);
    const { json } = await ran(['print', '--origins', '--format', 'json', '--config', sample.file], ENV);
    expect(json()).toMatchObject({ routes: { attendance: {
      authorize: { roles: { value: ['teacher'], line: 8, layer: 'policies.staff' } },
      timeout: { total: { value: '20s', line: 5, layer: 'defaults' }, connect: { value: '1s', layer: 'default' } },
    } } });
  });
});

describe('routes', () => {
  it('lists them in the order of precedence', async () => {
    using sample = configured(SAMPLE);
    const { json } = await ran(['routes', '--json', '--config', sample.file], ENV);
    const lines = json<{ name: string; who: string; to: string; line: number }[]>();
    expect(lines.slice(0, 3).map(({ name }) => name)).toEqual(['attendance', 'login', 'auth']);
    expect(lines.map(({ name }) => name)).toContain('endpoint:health');
    expect(lines[0]).toMatchObject({ to: 'attendance-service', who: 'teacher (users)', path: { strip: '/api/v1' }, policies: ['staff'], line: 16 });
  });

  it('is a table for people', async () => {
    using sample = configured(SAMPLE);
    const { out } = await ran(['routes', '--config', sample.file], ENV);
    expect(out).toMatch(/^PATTERN +METHODS +ROUTE +TO +PATH +WHO MAY +WRITTEN\n/);
    expect(out).toMatch(/\/api\/v1\/auth\/login +POST +login +auth-service +keep +public +\S*gateway\.yaml:13\n/);
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('%s knows commands and options', async (shell) => {
    const { out } = await ran(['completion', shell]);
    expect(out).toContain('explain');
    expect(out).toMatch(/-{2}header|-l header/);
  });
});
