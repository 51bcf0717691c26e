import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startGateway } from '../../src/bootstrap.js';
import { ran } from '../../src/cli/io.fixture.js';
import { builtIns } from '../../src/extensions.js';
import { build } from '../support/passerelle.js';
import { findPostgres, PostgresServer } from '../support/postgres.js';
import { fencesOf, read, root } from './markdown.js';

const LIMIT = 180_000;
const run = promisify(execFile);
const binaries = await findPostgres();
const commands = (language: string): readonly string[] => fencesOf(read('docs/operations/backup.md')).filter((fence) => fence.language === language).map(({ text }) => text);
const file = (database: string): string => `
version: 1
log: { level: silent }
database: { migrate: auto, connectTimeout: 10s, timeout: 10s${database} }
identity: { password: { hash: { memory: 8MiB, passes: 1 } } }
audit: {}
services: {}
endpoints: { identity: { at: /auth, authenticate: none } }
`;

describe('O14: docs/operations/backup.md', () => {
  let folder: string;
  beforeAll(() => build(), 120_000);
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'passerelle-backup-'));
    await mkdir(path.join(folder, 'data'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** An account, what the page does to keep it, another account, and what the page does to go back. */
  async function lost(database: string, language: string, env: Readonly<Record<string, string>>): Promise<readonly (readonly number[])[]> {
    const [keep = '', restore = ''] = commands(language);
    await writeFile(path.join(folder, 'gateway.yaml'), file(database));
    await registered('ada');
    const before = await serving(async (url) => {
      const there = await logins(url);
      await bash(keep, env);
      return there;
    });
    await registered('bob');
    const between = await serving(logins);
    const said = await bash(restore, env);
    expect(said).toMatch(/nothing to do, its tables are what they must be[\s\S]*: \d+ audit entr(?:y|ies)\n/);
    return [before, between, await serving(logins)];
  }

  async function registered(name: string): Promise<void> {
    const { code, err } = await ran(['accounts', 'create', `${name}@example.org`, '--password-stdin', '-c', path.join(folder, 'gateway.yaml')], {}, { input: `${name} has a long password` });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  }

  async function serving<T>(ask: (url: string) => Promise<T>): Promise<T> {
    const gateway = await startGateway({ file: path.join(folder, 'gateway.yaml'), env: {}, builtIns, port: 0, host: '127.0.0.1' });
    try {
      return await ask(gateway.url);
    } finally {
      await gateway.close();
    }
  }

  async function logins(url: string): Promise<readonly number[]> {
    const statuses: number[] = [];
    for (const name of ['ada', 'bob']) {
      const body = JSON.stringify({ email: `${name}@example.org`, password: `${name} has a long password` });
      const answer = await fetch(`${url}/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      await answer.arrayBuffer();
      statuses.push(answer.status);
    }
    return statuses;
  }

  async function bash(script: string, env: Readonly<Record<string, string>>): Promise<string> {
    const search = [path.dirname(process.execPath), path.join(root, 'bin'), ...(binaries === null ? [] : [binaries]), process.env['PATH']].join(':');
    const { PASSERELLE_CONFIG: _config, FORCE_COLOR: _colour, ...clean } = process.env;
    return (await run('bash', ['-euc', script], { cwd: folder, env: { ...clean, ...env, PATH: search } })).stdout;
  }

  it('the embedded database: kept while the gateway runs, and brought back', async () => {
    expect(await lost('', 'sh', {})).toEqual([[200, 401], [200, 200], [200, 401]]);
  }, LIMIT);

  (binaries === null ? it.skip : it)('PostgreSQL: the same', async () => {
    await using server = await PostgresServer.start(binaries as string);
    const { hostname, password, pathname, port, username } = new URL(server.url);
    const passwords = path.join(folder, '.pgpass');
    await writeFile(passwords, `*:*:*:*:${decodeURIComponent(password)}\n`, { mode: 0o600 });
    const env = { PGHOST: hostname, PGPORT: port, PGUSER: username, PGDATABASE: pathname.slice(1), PGPASSFILE: passwords };
    expect(await lost(`, url: "${server.url}"`, 'bash', env)).toEqual([[200, 401], [200, 200], [200, 401]]);
  }, LIMIT);
});
