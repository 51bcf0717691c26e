import { ConfigFolder, valid } from './config.fixture.js';

const FILE = valid('info: { name: "${A_NAME:-none}", title: "${TITLE:-none}" }');
const at = async (files: Record<string, string>, env: Record<string, string> = {}): Promise<string> => {
  using folder = new ConfigFolder({ 'gateway.yaml': FILE, ...files });
  return (await folder.load(env)).config.info.name;
};

describe('profile files (knob 32)', () => {
  const all = { '.env': 'A_NAME=env', '.env.local': 'A_NAME=local', '.env.staging': 'A_NAME=staging', '.env.staging.local': 'A_NAME=staging local' };
  const without = (...names: string[]) => Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));

  it.each<[what: string, files: Record<string, string>, env: Record<string, string>, name: string]>([
    ['.env by itself', { '.env': 'A_NAME=env' }, {}, 'env'],
    ['.env.local over it', all, {}, 'local'],
    ['that of the profile over both', without('.env.staging.local'), { APP_ENV: 'staging' }, 'staging'],
    ['its local one over all', all, { ENVIRONMENT: 'staging' }, 'staging local'],
    ['the real environment over everything', all, { PASSERELLE_ENV: 'staging', A_NAME: 'real' }, 'real'],
    ['our own name for the profile before those of others', without('.env.staging.local'), { PASSERELLE_ENV: 'other', APP_ENV: 'staging' }, 'local'],
    ['a profile that .env names', { '.env': 'APP_ENV=staging', '.env.staging': 'A_NAME=x' }, {}, 'x'],
    ['no profile that is no word', { '.env': 'A_NAME=env', '.env.staging': 'A_NAME=x' }, { APP_ENV: '../staging' }, 'env'],
    ['two underscores for one', {}, { A__NAME: 'nested' }, 'nested'],
    ['the plain name where both are there', {}, { A__NAME: 'nested', A_NAME: 'plain' }, 'plain'],
    ['the real environment, whichever way it is written', { '.env': 'A_NAME=env' }, { A__NAME: 'nested' }, 'nested'],
  ])('%s', async (_what, files, env, name) => {
    expect(await at(files, env)).toBe(name);
  });

  it('are watched before they are there', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': FILE });
    const looked = new Map<string, string>();
    await folder.load({ APP_ENV: 'test' }, 'gateway.yaml', looked);
    for (const name of ['.env', '.env.local', '.env.test', '.env.test.local']) expect([...looked.keys()]).toContain(folder.at(name));
  });

  it('leave our own overrides alone', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': FILE, '.env.local': 'PASSERELLE__INFO__TITLE=mine' });
    expect((await folder.load()).config.info.title).toBe('mine');
  });
});
