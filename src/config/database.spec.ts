import { ConfigFolder, valid } from './config.fixture.js';
import { renderEffective } from './render.js';

const HIDDEN = 'hunter2';

it.each([`postgresql://u:${HIDDEN}/x@h/d`, `postgres:/u:${HIDDEN}@h`, `postgresql://u:${HIDDEN}@h:99999/d`, `postgresql://u:${HIDDEN}%@h/d`])('%s is refused at its line, without the password', async (url) => {
  using folder = new ConfigFolder({ 'gateway.yaml': valid(`database:\n  url: "${url}"\n`) });
  const mistakes = await folder.mistakes();
  expect(mistakes.join('\n')).toMatch(/gateway\.yaml:5.*database\.url/);
  expect(mistakes.join('\n')).not.toContain(HIDDEN);
});

it('a password is not printed, a new one is a new configuration, and one in the file is warned of', async () => {
  const load = async (url: string) => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`database: { url: "${url}" }`) });
    return folder.load();
  };
  const [none, bare, first, second] = await Promise.all([load(''), load('postgresql://u@h'), load(`postgresql://u:${HIDDEN}@h`), load(`postgresql://u:${HIDDEN}x@h`)]);
  expect(renderEffective(first.config, { origins: true })).not.toContain(HIDDEN);
  expect(new Set([none, bare, first, second].map(({ config }) => config.hash)).size).toBe(4);
  expect([none, bare, first].map(({ warnings }) => warnings.some(({ path }) => path === 'database.url'))).toEqual([false, false, true]);
});
