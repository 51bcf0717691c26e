import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openOffline, type Offline } from '../../src/cli/offline.js';
import { builtIns } from '../../src/extensions.js';
import { CONFIGURATION, JWT_SECRET } from './supersmartmatch.fixture.js';
import { failuresOf, twice, untried } from './own-tests.js';

const CALLERS = ['nobody', 'candidat', 'recruteur', 'admin', 'janitor'];

describe('SuperSmartMatch, X2: the tests of its configuration', () => {
  let offline: Offline;
  beforeAll(async () => { offline = await openOffline({ file: CONFIGURATION, env: { JWT_SECRET }, builtIns }); });
  afterAll(() => offline[Symbol.asyncDispose]());

  it('the file is without warnings', () => {
    expect(offline.loaded.warnings).toEqual([]);
  });

  it('all of them hold', async () => {
    expect(await failuresOf(offline)).toEqual([]);
  });

  it('every route is tried with nobody, every role, and one that does not exist', async () => {
    expect(await untried(offline, CALLERS)).toEqual([]);
  });

  it('no request is there twice', () => expect(twice(offline)).toEqual([]));
});

describe('SuperSmartMatch: profiles', () => {
  it.each([['development', 1000, 86_400], ['staging', 100, 86_400], ['production', 50, 7_200], ['testing', 10_000, 3_600]])('%s', async (ENVIRONMENT, rate, lifetime) => {
    await using offline = await openOffline({ file: CONFIGURATION, env: { JWT_SECRET, ENVIRONMENT }, builtIns });
    const { endpoints, identity, info } = offline.loaded.config;
    expect([info.environment, identity?.access.lifetime, endpoints['docs']?.limit]).toEqual([ENVIRONMENT, lifetime * 1_000, expect.objectContaining({ rate: `${rate}/min`, initial: rate })]);
  });

  it('one that does not exist is a mistake', async () => {
    await expect(openOffline({ file: CONFIGURATION, env: { JWT_SECRET, ENVIRONMENT: 'prod' }, builtIns })).rejects.toThrow(/profiles\/prod\.yaml/);
  });
});

it('SuperSmartMatch: .env.example has every variable of the gateway and no other', () => {
  const read = (name: string): string => readFileSync(path.join(path.dirname(CONFIGURATION), name), 'utf8');
  const used = ['gateway.yaml', ...['development', 'staging', 'production', 'testing'].map((profile) => `profiles/${profile}.yaml`)].flatMap((name) => [...read(name).matchAll(/\$\{([A-Z_]+)/g)].map(([, variable]) => variable as string));
  const told = [...read('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, variable]) => variable as string).filter((variable) => !/^PASSERELLE__|^POSTGRES_PASSWORD$/.test(variable));
  expect(told.toSorted()).toEqual([...new Set(used)].toSorted());
});
