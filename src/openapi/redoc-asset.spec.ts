import { redocAsset } from './redoc-asset.js';

it('ReDoc loads nothing from its makers’ servers', async () => {
  const { content, contentType, etag } = await redocAsset();
  const script = content.toString();
  expect([contentType, etag]).toEqual(['text/javascript; charset=utf-8', expect.stringMatching(/^"[\w-]{27}"$/)]);
  expect(script).toContain('Redoc');
  expect(script.length).toBeGreaterThan(500_000);
  expect(script).not.toContain('cdn.redoc.ly');
  expect(await redocAsset()).toBe(await redocAsset());
});
