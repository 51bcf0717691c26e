import { configured, ran } from '../io.fixture.js';

const SECRET = '0123456789abcdef0123456789abcdef';
const FILE = `version: 1
log: { debug: { secret: "\${DEBUG_SECRET}" } }
services: { a: { targets: "http://127.0.0.1:1" } }
routes: { orders: { match: { path: /orders }, to: a, authenticate: none } }
`;
const PLAIN = FILE.replace(/^log:.*\n/m, '');

describe('debug-header', () => {
  const run = async (yaml: string, ...argv: string[]) => {
    using folder = configured(yaml);
    return await ran(['debug-header', '-c', folder.file, ...argv], { DEBUG_SECRET: SECRET });
  };

  it.each<[string, string[], RegExp]>([
    ['for all', [], /^X-Passerelle-Debug: v1\.\d+\.\.[\w-]{43}\n$/],
    ['for a route', ['--route', 'orders'], /^X-Passerelle-Debug: v1\.\d+\.cm91dGU9b3JkZXJz\.[\w-]{43}\n$/],
    ['for paths', ['--path', '/api/**', '--for', '1h'], /^X-Passerelle-Debug: v1\.\d+\.cGF0aD0vYXBpLyoq\.[\w-]{43}\n$/],
  ])('%s', async (_what, argv, expected) => {
    const { code, out } = await run(FILE, ...argv);
    expect(code).toBe(0);
    expect(out).toMatch(expected);
  });

  it('says until when, in JSON', async () => {
    const before = Date.now();
    const { header, expiresAt } = (await run(FILE, '--json', '--for', '10m')).json<{ header: string; expiresAt: string }>();
    expect(header).toBe('X-Passerelle-Debug');
    expect(Math.abs(Date.parse(expiresAt) - before - 600_000)).toBeLessThan(30_000);
  });

  it.each<[string, string, string[], number, string]>([
    ['no secret', PLAIN, [], 1, 'has no secret for debug headers'],
    ['no such route', FILE, ['--route', 'order'], 2, 'Did you mean "orders"?'],
    ['both', FILE, ['--route', 'orders', '--path', '/a'], 2, 'either --route or --path'],
    ['no path', FILE, ['--path', 'a'], 2, 'A path begins with "/"'],
    ['too long', FILE, ['--for', '2d'], 2, 'between 1s and 24h'],
  ])('cannot: %s', async (_what, yaml, argv, code, message) => {
    expect(await run(yaml, ...argv)).toMatchObject({ code, out: '', err: expect.stringContaining(message) as string });
  });
});
