import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startGateway } from '../../src/bootstrap.js';
import { ran } from '../../src/cli/io.fixture.js';
import { builtIns } from '../../src/extensions.js';

const YAML = `
version: 1
log: { level: silent }
database: { migrate: manual, connectTimeout: 10s, timeout: 10s }
identity: { password: { hash: { memory: 8MiB, passes: 1 } } }
services: {}
endpoints: { identity: { at: /auth, authenticate: none } }
`;

describe('O14: docs/operations/upgrade.md', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'passerelle-upgrade-'));
    file = path.join(folder, 'gateway.yaml');
    await writeFile(file, YAML);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const migrated = (...argv: string[]) => ran(['migrate', '-c', file, ...argv], {});

  async function statuses(url: string): Promise<readonly number[]> {
    const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"email":"ada@example.org","password":"a long password"}' };
    const answers = [await fetch(`${url}/health/ready`), await fetch(`${url}/auth/login`, login)];
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    return answers.map(({ status }) => status);
  }

  it('a gateway that comes before its migration serves, and goes on as soon as that is done', async () => {
    const gateway = await startGateway({ file, env: {}, builtIns, port: 0, host: '127.0.0.1' });
    try {
      expect([await statuses(gateway.url), (await migrated('--status')).code]).toEqual([[200, 503], 1]);
      expect((await migrated()).code).toBe(0);
      let seen = await statuses(gateway.url);
      for (let tries = 0; tries < 200 && seen[1] === 503; tries += 1) {
        await new Promise((resolve) => { setTimeout(resolve, 50); });
        seen = await statuses(gateway.url);
      }
      expect([seen, (await migrated('--status')).code]).toEqual([[200, 401], 0]);
    } finally {
      await gateway.close();
    }
  }, 60_000);

  it('an old gateway that starts on newer tables serves what needs no database; migrate says why', async () => {
    await migrated();
    const database = new DatabaseSync(path.join(folder, 'data/passerelle.db'));
    database.exec("insert into schema_migrations (name, applied_at) values ('999-of-the-future', 1)");
    database.close();
    const gateway = await startGateway({ file, env: {}, builtIns, port: 0, host: '127.0.0.1' });
    try {
      expect(await statuses(gateway.url)).toEqual([200, 503]);
    } finally {
      await gateway.close();
    }
    const { code, out } = await migrated('--status');
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('a newer build') });
    expect((await migrated()).err).toContain('its tables were made by a newer build');
  }, 60_000);
});
