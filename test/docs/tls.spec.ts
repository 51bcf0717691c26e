import { loadConfig } from '../../src/config/index.js';
import { builtIns } from '../../src/extensions.js';
import { Authority } from '../support/certificates.js';
import { Files } from '../support/tls.js';
import { fencesOf, read } from './markdown.js';

describe('docs/tls.md', () => {
  const examples = fencesOf(read('docs/tls.md')).filter(({ language }) => language === 'yaml').map(({ text }, index) => [index, text] as const);

  it.each(examples)('its example %i is valid', async (_index, text) => {
    await using ca = await Authority.create();
    await using files = await Files.create({ 'clients.crt': ca.cert });
    const { cert, key } = await ca.issue();
    await files.write({ 'tls.crt': cert, 'tls.key': key, 'gateway.yaml': `version: 1\n${text.replaceAll('/etc/tls', files.folder)}` });
    const { config, warnings } = await loadConfig({ file: files.path('gateway.yaml'), env: {}, builtIns });
    expect(config.tls?.pairs.length ?? 0).toBe(text.includes('certificates:') ? 1 : 0);
    expect(warnings.filter(({ message }) => /certificate/.test(message))).toEqual([]);
  });

  it('has some', () => expect(examples).toHaveLength(3));
});
