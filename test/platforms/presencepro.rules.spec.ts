import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { arriving } from '../../src/cli/dry-request.js';
import { openOffline, type Offline } from '../../src/cli/offline.js';
import { builtIns } from '../../src/extensions.js';
import { SECRET } from '../support/jwt.js';
import { CONFIGURATION, ROLES } from './presencepro.fixture.js';
import { failuresOf, twice, untried } from './own-tests.js';

// A whole platform starts here, often beside others.
jest.setTimeout(60_000);

describe('PresencePro, X2: the tests of its configuration', () => {
  let offline: Offline;
  beforeAll(async () => { offline = await openOffline({ file: CONFIGURATION, env: { JWT_SECRET_KEY: SECRET }, builtIns }); });
  afterAll(() => offline[Symbol.asyncDispose]());

  it('the file is without warnings', () => {
    expect(offline.loaded.warnings).toEqual([]);
  });

  it('all of them hold', async () => {
    expect(await failuresOf(offline)).toEqual([]);
  });

  it('every rule is tried with nobody, every role, and one that does not exist', async () => {
    expect(await untried(offline, ['nobody', ...ROLES, 'janitor'], ({ expect: { headers } }) => !headers)).toEqual([]);
  });

  it('no request is there twice', () => expect(twice(offline)).toEqual([]));
});

describe('PresencePro: what stands beside its file', () => {
  const read = (name: string): string => readFileSync(path.join(path.dirname(CONFIGURATION), name), 'utf8');
  const used = (name: string): string[] => [...read(name).matchAll(/\$\{([A-Z_]+)/g)].map(([, variable]) => variable as string);
  const told = [...read('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, variable]) => variable as string);

  it('.env.example has every variable of the gateway and of docker compose, and no other', () => {
    const all = new Set([...used('gateway.yaml'), ...used('compose.yaml')]);
    expect(told.filter((name) => !name.startsWith('PASSERELLE__')).toSorted()).toEqual([...all].toSorted());
  });

  it('compose.yaml tells the gateway where each of its services is', () => {
    const addresses = used('gateway.yaml').filter((name) => name.endsWith('_SERVICE_URL'));
    const given = new Map([...read('compose.yaml').matchAll(/^ {6}(\w+_SERVICE_URL): http:\/\/([\w-]+):\d+$/gm)].map(([, name, host]) => [name as string, host as string]));
    expect(addresses.filter((name) => !given.has(name))).toEqual([]);
    expect([...given.values()].filter((host) => !read('compose.yaml').includes(`\n  ${host}:`))).toEqual([]);
  });

  const openings = [...read('README.md').matchAll(/```yaml\n(routes:\n[^`]*)```/g)].map(([, yaml]) => yaml as string);
  const requests = ['GET /api/v1/attendance/student/7', 'GET /api/v1/attendance/student/8', 'GET /api/v1/attendance', 'POST /api/v1/attendance/mark'];
  it.each([
    ['its GET', openings[0], { etudiant: [true, true, true, false], enseignant: [true, true, true, true], janitor: [false, false, false, false] }],
    ['what is their own', openings[1], { etudiant: [true, false, false, false], enseignant: [true, true, true, true], janitor: [false, false, false, false] }],
  ])('README.md: how students are let in to attendance: %s', async (_what, yaml, expected) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-presencepro-'));
    const file = path.join(folder, 'gateway.yaml');
    writeFileSync(file, `version: 1\ninclude: [${path.resolve(CONFIGURATION)}]\n${yaml}`);
    await using offline = await openOffline({ file, env: { JWT_SECRET_KEY: SECRET }, builtIns });
    expect(offline.loaded.warnings).toEqual([]);
    for (const [role, allowed] of Object.entries(expected)) {
      const found = await Promise.all(requests.map(async (line) => {
        const [method = '', url = ''] = line.split(' ');
        return (await offline.dry.run(arriving({ method, url, headers: [], caller: { id: '7', roles: [role], permissions: [], scopes: [], claims: {} } }))).exchange.outgoing !== null;
      }));
      expect([role, found]).toEqual([role, allowed]);
    }
    rmSync(folder, { recursive: true });
  });
});
