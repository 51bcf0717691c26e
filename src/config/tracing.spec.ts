import { ConfigFolder, valid } from './config.fixture.js';
import { renderEffective } from './render.js';

const HIDDEN = 'hunter2';
const load = async (headers: string, env: Record<string, string> = {}) => {
  using folder = new ConfigFolder({ 'gateway.yaml': valid(`tracing: { export: { use: otlp-http, headers: { x-key: "${headers}" } } }`) });
  return folder.load(env);
};

it('a header of the collector is not printed, a new one is a new configuration, and one in the file is warned of', async () => {
  const [first, second, kept] = await Promise.all([load(HIDDEN), load(`${HIDDEN}x`), load('${KEY}', { KEY: HIDDEN })]);
  expect(renderEffective(first.config, { origins: true })).not.toContain(HIDDEN);
  expect(new Set([first, second].map(({ config }) => config.hash)).size).toBe(2);
  expect([first, kept].map(({ warnings }) => warnings.some(({ path }) => path === 'tracing.export.headers.x-key'))).toEqual([true, false]);
});
