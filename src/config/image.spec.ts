import { rmSync } from 'node:fs';
import { builtIns, ConfigFolder, valid } from './config.fixture.js';
import { loadConfig } from './load-config.js';
import { ConfigStore } from './store.js';

const FILES = {
  'gateway.yaml': valid('include: ["more/*.yaml", "nowhere.yaml?"]\ninfo: { title: "${file:title}" }\nroutes: { r: { match: { path: "${BASE}" }, to: echo } }'),
  'more/a.yaml': 'routes: { a: { match: { path: /a }, to: echo } }\n',
  title: 'A platform',
  '.env': 'BASE=/base\n',
};

describe('the image of a load', () => {
  it('is all that another process needs to load the same', async () => {
    using folder = new ConfigFolder(FILES);
    const options = { file: folder.at('gateway.yaml'), env: {}, builtIns };
    const { config, image } = await loadConfig(options);
    for (const name of Object.keys(FILES)) rmSync(folder.at(name));
    const again = await loadConfig({ ...options, from: structuredClone(image) });
    expect([again.config.hash, Object.keys(again.config.routes).toSorted()]).toEqual([config.hash, ['a', 'r']]);
  });

  it('is for one load of a store; the next one looks again, or goes by another', async () => {
    using folder = new ConfigFolder(FILES);
    const options = { file: folder.at('gateway.yaml'), env: {}, builtIns };
    const { image } = await loadConfig(options);
    folder.write('.env', 'BASE=/other\n');
    const store = await ConfigStore.open({ ...options, from: image });
    expect(store.current.config.routes['r']?.match.path).toEqual(['/base']);
    expect(await store.reload()).toBe(true);
    expect(store.current.config.routes['r']?.match.path).toEqual(['/other']);
    expect(await store.reload(image)).toBe(true);
    expect(store.current.config.routes['r']?.match.path).toEqual(['/base']);
  });
});
