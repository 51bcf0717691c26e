import { configured, ENV, ran } from '../io.fixture.js';

interface Change { readonly path: string; readonly effect: string; readonly meaning: string }

const FILE = `version: 1
database: { file: ./a.db }
identity: { signing: { algorithm: ES256 } }
audit: {}
`;

async function changed(from: string, to: string): Promise<readonly Change[]> {
  if (!FILE.includes(from)) throw new Error(`There is no ${from}`);
  using old = configured(FILE);
  using now = configured(FILE.replace(from, to));
  const { err, json } = await ran(['diff', old.file, now.file, '--json'], ENV);
  expect(err).toBe('');
  return json<{ readonly changes: readonly Change[] }>().changes;
}

it.each<[string, string, string, string, string, RegExp]>([
  ['another database', './a.db', './b.db', 'database.file', 'state', /^accounts, sessions, API keys, revocations and the audit trail are those of the other database/],
  ['patience with it', './a.db', './a.db, timeout: 3s', 'database.timeout', 'hot', /what is kept there stays/],
  ['another signature', 'ES256', 'RS256', 'identity.signing.algorithm', 'hot', /^tokens from before are judged/],
  ['another issuer', 'identity: {', 'identity: { issuer: "https://gw",', 'identity.issuer', 'hot', /^accounts and sessions stay/],
  ['no accounts', 'identity: { signing: { algorithm: ES256 } }\n', '', 'identity', 'hot', /^nobody can register or sign in/],
  ['no audit', 'audit: {}\n', '', 'audit', 'hot', /^nothing is recorded any more/],
  ['what becomes of tokens', 'audit: {}\n', 'audit: {}\nrevocation: { away: deny }\n', 'revocation.away', 'hot', /^what was revoked stays revoked/],
])('diff tells what %s means', async (_what, from, to, path, effect, meaning) => {
  const change = (await changed(from, to)).find((each) => each.path === path);
  expect(change).toMatchObject({ effect, meaning: expect.stringMatching(meaning) });
});
