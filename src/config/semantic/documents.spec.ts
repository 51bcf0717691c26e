import { ConfigFolder, valid } from '../config.fixture.js';
import { formatIssues } from '../issues.js';

async function warningsOf(endpoints: string): Promise<readonly string[]> {
  using folder = new ConfigFolder({ 'gateway.yaml': valid(`endpoints: ${endpoints}`) });
  const { warnings } = await folder.load();
  return warnings.map((warning) => formatIssues([warning])).filter((line) => line.includes('the same document'));
}

const some = '{ authorize: { roles: [developer] } }';

describe('the OpenAPI document', () => {
  it.each([
    ['openapi alone', `{ openapi: ${some} }`, 'endpoints.openapi: the same document is open to all by `docs` and `redoc`'],
    ['docs alone', `{ docs: ${some}, redoc: off }`, 'endpoints.docs: the same document is open to all by `openapi`'],
    ['a second one', `{ openapi: off, internal: { serve: openapi, at: /internal.json, authorize: { roles: [developer] } }, redoc: off }`, 'endpoints.internal: the same document is open to all by `docs`'],
  ])('is kept for some by %s: a warning', async (_name, endpoints, text) => {
    expect(await warningsOf(endpoints)).toEqual([expect.stringContaining(text)]);
  });

  it.each([
    ['open to all', '{}'],
    ['kept for some everywhere', `{ openapi: ${some}, docs: ${some} }`],
    ['shown by one endpoint', `{ openapi: ${some}, docs: off, redoc: off }`],
  ])('is %s: none', async (_name, endpoints) => {
    expect(await warningsOf(endpoints)).toEqual([]);
  });
});
