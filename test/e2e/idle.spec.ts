import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, Passerelle } from '../support/passerelle.js';

/** What only a file that asks for it may bring. */
const HEAVY = {
  'the database': /node_modules\/(?:kysely|pg)\/|node:sqlite$|src\/database\/(?:connect|driver|postgres|embedded)/,
  'accounts and sessions': /src\/identity\/(?:create-identity|accounts\/accounts|sessions\/sessions)\.js$|node_modules\/(?:nodemailer|bcryptjs)\//,
  'kept keys': /src\/identity\/keys\/(?:create-keys|kept-keys|key-store)\.js$/,
  'the audit trail': /src\/audit\/(?:trail|pump|spool)\.js$/,
  'logins at issuers': /node_modules\/openid-client\//,
  'Redis': /node_modules\/@?redis\//,
} as const;

const MORE_TIME = 60_000;

/** Modules that a gateway has loaded when it listens. */
async function loadedBy(yaml: string): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-idle-'));
  const list = path.join(folder, 'modules.txt');
  writeFileSync(path.join(folder, 'gateway.yaml'), `version: 1\n${yaml}`);
  const hook = pathToFileURL(path.resolve('test/support/loaded-modules.mjs')).href;
  await using gateway = Passerelle.run(['start', '--port', '0', '--host', '127.0.0.1'], { cwd: folder, env: { NODE_OPTIONS: `--import=${hook}`, LOADED_MODULES: list } });
  try {
    await gateway.says(/listens on/);
    return readFileSync(list, 'utf8').split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

beforeAll(build, 180_000);

describe('a gateway that starts', () => {
  it('loads nothing of identity where nobody asks for it', async () => {
    const modules = await loadedBy('services: { a: { targets: "http://127.0.0.1:1" } }\nroutes: { a: { match: { path: /a }, to: a, authenticate: none } }');
    expect(modules.length).toBeGreaterThan(500);
    expect(Object.entries(HEAVY).flatMap(([what, pattern]) => modules.filter((url) => pattern.test(url)).map((url) => `${what}: ${url}`))).toEqual([]);
  }, MORE_TIME);

  it('loads what its file asks for', async () => {
    const modules = await loadedBy('identity: {}\naudit: {}\nauthenticate: { keys: { use: api-key } }');
    const missing = (['the database', 'accounts and sessions', 'kept keys', 'the audit trail'] as const).filter((what) => !modules.some((url) => HEAVY[what].test(url)));
    expect(missing).toEqual([]);
  }, MORE_TIME);
});
