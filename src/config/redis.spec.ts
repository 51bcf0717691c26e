import { Authority } from '../../test/support/certificates.js';
import { ConfigFolder, valid } from './config.fixture.js';
import { renderEffective } from './render.js';

const HIDDEN = 'hunter2';

it.each([`redis://:${HIDDEN}/x@h`, `redis://:${HIDDEN}@x@h`, `redis:/:${HIDDEN}@h`, `rediss+sentinel://u:a ${HIDDEN}@h`, `redis://u:${HIDDEN}@h:99999`])('%s is refused at its line, without the password', async (url) => {
  using folder = new ConfigFolder({ 'gateway.yaml': valid(`redis:\n  url: "${url}"\n`) });
  const mistakes = await folder.mistakes();
  expect(mistakes.join('\n')).toMatch(/gateway\.yaml:5.*redis\.url/);
  expect(mistakes.join('\n')).not.toContain(HIDDEN);
});

it('a password is not printed, a new one is a new configuration, and one in the file is warned of', async () => {
  const load = async (url: string) => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`redis: { url: "${url}" }`) });
    return folder.load();
  };
  const [none, first, second] = await Promise.all([load('redis://h'), load(`redis://:${HIDDEN}@h`), load(`redis://:${HIDDEN}x@h`)]);
  expect(renderEffective(first.config, { origins: true })).not.toContain(HIDDEN);
  expect(new Set([none, first, second].map(({ config }) => config.hash)).size).toBe(3);
  expect([none, first].map(({ warnings }) => warnings.some(({ path }) => path === 'redis.url'))).toEqual([false, true]);
});

it('certificates are part of the configuration, and watched', async () => {
  await using one = await Authority.create();
  await using other = await Authority.create();
  using folder = new ConfigFolder({ 'ca.pem': one.cert, 'gateway.yaml': valid('redis: { url: "rediss://h", tls: { ca: "${file:ca.pem}", verify: on } }') });
  const looked = new Map<string, string>();
  const before = await folder.load({}, 'gateway.yaml', looked);
  expect(before.config.redis?.tls?.ca).toContain('CERTIFICATE');
  expect([...looked.keys()]).toContain(folder.at('ca.pem'));
  folder.write('ca.pem', other.cert);
  expect((await folder.load()).config.hash).not.toBe(before.config.hash);
});
