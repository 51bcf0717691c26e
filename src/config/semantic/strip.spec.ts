import { ConfigFolder, valid } from '../config.fixture.js';
import { formatIssues } from '../issues.js';

async function warningsOf(text: string): Promise<readonly string[]> {
  using folder = new ConfigFolder({ 'gateway.yaml': valid(text) });
  const { warnings } = await folder.load();
  return warnings.map((warning) => formatIssues([warning])).filter((line) => line.includes('strip'));
}

const route = (path: string, strip: string): string => `routes: { r: { match: { path: ${path} }, to: echo, path: { strip: ${strip} } } }`;

describe('a prefix to strip', () => {
  it.each([
    ['that the path has not', '/api/users/**', '/apo'],
    ['that differs further on', '/api/users/**', '/api/v1'],
    ['that none of the paths has', '[/a/x, /b/x]', '/c'],
  ])('%s is a warning', async (_name, path, strip) => {
    expect(await warningsOf(route(path, strip))).toEqual([expect.stringContaining(`routes.r.path.strip: no path of this route begins with ${strip}, so nothing is ever taken away`)]);
  });

  it.each([
    ['that the path has', '/api/users/**', '/api/'],
    ['within what ** matches', '/api/**', '/api/v1'],
    ['over a parameter', '"/:tenant/users"', '/north'],
    ['that one of the paths has', '[/a/x, /b/x]', '/b'],
    ['that goes on within the last segment', '/api/us', '/api/users'],
    ['in segments', '/api/users/**', '2'],
  ])('%s is none', async (_name, path, strip) => {
    expect(await warningsOf(route(path, strip))).toEqual([]);
  });

  it('of a policy may not fit all of its routes', async () => {
    expect(await warningsOf('policies: { p: { path: { strip: /api } } }\nroutes: { r: { match: { path: /x }, use: [p], to: echo } }')).toEqual([]);
  });
});
