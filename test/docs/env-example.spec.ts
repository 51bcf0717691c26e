import path from 'node:path';
import { parseEnv } from 'node:util';
import { loadConfig } from '../../src/config/index.js';
import { builtIns } from '../../src/extensions.js';
import { read, root } from './markdown.js';

const FILE = 'deploy/platforms/presencepro/gateway.yaml';
const example = read('.env.example');
/** Commented lines count: they show the defaults. */
const all = parseEnv(example.replaceAll(/^# (?=[A-Z_]+=)/gm, '')) as Readonly<Record<string, string>>;
const wanted = new Map([...read(FILE).matchAll(/\$\{([A-Z_]+)(?::-([^}]*))?\}/g)].map(([, name = '', standard]) => [name, standard]));

describe('.env.example', () => {
  it('has every variable of the sample platform, and no other', () => {
    const { PASSERELLE_CONFIG: _ours, ...variables } = all;
    expect(Object.keys(variables).toSorted()).toEqual([...wanted.keys()].toSorted());
  });

  it('shows the defaults of the file', () => {
    for (const [name, standard] of wanted) if (standard !== undefined) expect([name, all[name]]).toEqual([name, standard]);
  });

  it('is enough to load the file, as it stands and with every line in force', async () => {
    for (const env of [parseEnv(example) as Record<string, string>, all]) {
      const { warnings } = await loadConfig({ file: path.join(root, FILE), env, builtIns });
      expect(warnings).toEqual([]);
    }
  });
});
