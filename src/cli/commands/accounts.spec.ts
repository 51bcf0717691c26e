import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { configured, ran, type Ran, type Typing } from '../io.fixture.js';

// The database has time, since a machine may stand still.
const FILE = `version: 1
database: { timeout: 20s, connectTimeout: 20s }
identity: { loginBy: [email, username], password: { hash: { memory: 8MiB, passes: 1 } } }
roles: { known: [admin, teacher], alias: { enseignant: teacher } }
audit: {}
`;
const PASSWORD = 'correct horse battery';

/** Runs `passerelle accounts` on a file of its own. */
function desk(yaml = FILE): Disposable & { readonly ask: (argv: readonly string[], typing?: Typing) => Promise<Ran>; readonly rows: (sql: string) => Record<string, unknown>[] } {
  const sample = configured(yaml);
  return {
    ask: (argv, typing) => ran(['accounts', ...argv, '-c', sample.file], {}, typing),
    rows: (sql) => {
      using database = new DatabaseSync(path.join(path.dirname(sample.file), 'data', 'passerelle.db'));
      return database.prepare(sql).all();
    },
    [Symbol.dispose]: () => sample[Symbol.dispose](),
  };
}

describe('accounts', () => {
  it('makes the first administrator, with a password typed twice and never shown', async () => {
    using subject = desk();
    expect((await subject.ask(['list'])).out).toBe('There are no such accounts.\n');
    const made = await subject.ask(['create', '--login', 'Ada@example.org', '--role', 'admin', '--name', 'Ada'], { answers: [PASSWORD, PASSWORD] });
    expect([made.code, made.out, made.err]).toEqual([0, expect.stringMatching(/^Made: ada@example\.org, id [\w-]{36}, admin, active\.\n$/), 'Password: \nOnce more: \n']);
    const [row] = subject.rows('select * from accounts');
    expect(row).toMatchObject({ login: 'ada@example.org', email: 'ada@example.org', name: 'Ada', roles: '["admin"]', active: 1, verified_at: expect.any(Number), password: expect.stringMatching(/^\$argon2id\$/) });
    expect(JSON.stringify([row, subject.rows('select * from audit'), subject.rows('select * from changes')])).not.toContain(PASSWORD);
  });

  it('reads the password from the standard input, without the end of its line', async () => {
    using subject = desk();
    const made = await subject.ask(['create', 'bob', '--password-stdin', '--json'], { input: `${PASSWORD}\r\n` });
    expect(made.json()).toMatchObject({ id: expect.any(String), login: 'bob', email: null, roles: [], active: true, verifiedAt: expect.any(String) });
    expect(made.out).not.toMatch(/argon2|password/);
  });

  it('lists and changes them, by login or by id', async () => {
    using subject = desk();
    for (const login of ['ada@example.org', 'bob']) await subject.ask(['create', login, '--role', 'admin', '--password-stdin'], { input: PASSWORD });
    const { accounts } = (await subject.ask(['list', '--json'])).json<{ accounts: readonly { id: string; login: string }[] }>();
    expect(accounts.map(({ login }) => login)).toEqual(['ada@example.org', 'bob']);
    const bob = accounts[1]?.id as string;
    expect((await subject.ask(['set', 'ADA@example.org', '--role', 'enseignant, admin'])).out).toMatch(/^Changed: ada@example\.org, id [\w-]{36}, enseignant, admin, active\.\n$/);
    expect((await subject.ask(['set', bob, '--role', '', '--inactive', '--json'])).json()).toMatchObject({ id: bob, roles: [], active: false });
    expect((await subject.ask(['list', '--role', 'admin'])).out).toMatch(/^ID +LOGIN +NAME +STATUS +CREATED +ROLES\n[\w-]{36} +ada@example\.org +- +active +20\S+ +enseignant, admin\n$/);
    expect((await subject.ask(['list', '--inactive', '--json'])).json<{ accounts: readonly object[] }>().accounts).toEqual([expect.objectContaining({ login: 'bob' })]);
    expect((await subject.ask(['set', 'bob', '--active'])).out).toContain(', no roles, active.');
  });

  it('is in the audit, by whom and what', async () => {
    using subject = desk();
    await subject.ask(['create', 'ada@example.org', '--role', 'admin', '--password-stdin'], { input: PASSWORD });
    await subject.ask(['set', 'ada@example.org', '--role', 'teacher', '--inactive']);
    const entries = subject.rows('select action, actor, subject, details from audit order by seq');
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual(['account.create', 'account.deactivate', 'account.roles'].map((action) => [action, 'command-line']));
    expect(JSON.parse(String(entries[2]?.['details']))).toEqual({ before: ['admin'], permissions: [], roles: ['teacher'] });
  });

  it.each<[string, readonly string[], Typing, string, number]>([
    ['no action', [], {}, "missing required argument 'action'", 2],
    ['another action', ['eat'], {}, 'Allowed choices are create, list, set', 2],
    ['nobody', ['create'], {}, 'Say whose account', 2],
    ['no terminal', ['create', 'ada'], {}, '--password-stdin reads it', 2],
    ['an empty input', ['create', 'ada', '--password-stdin'], { input: '\n' }, 'has no password', 2],
    ['several lines', ['create', 'ada', '--password-stdin'], { input: `${PASSWORD}\nmore\n` }, 'A password is one line', 2],
    ['nothing typed', ['create', 'ada'], { answers: ['', ''] }, 'Nothing was typed', 2],
    ['two passwords', ['create', 'ada'], { answers: [PASSWORD, 'another horse battery'] }, 'These were not the same', 2],
    ['a password as an argument', ['create', 'ada', '--password', PASSWORD], {}, "unknown option '--password'", 2],
    ['a weak password', ['create', 'ada', '--password-stdin'], { input: 'password1234' }, 'one of the first that anybody would guess', 1],
    ['no address', ['create', 'ada@', '--password-stdin'], { input: PASSWORD }, 'expected an e-mail address', 1],
    ['a slip in a role', ['create', 'ada', '--role', 'amdin', '--password-stdin'], { input: PASSWORD }, 'did you mean "admin"?', 2],
    ['no change', ['set', 'ada'], {}, 'Say what is to change', 2],
    ['both at once', ['set', 'ada', '--active', '--inactive'], {}, 'exclude each other', 2],
    ['no such account', ['set', 'nobody', '--inactive'], {}, 'There is no account nobody.', 1],
  ])('says what is wrong: %s', async (_what, argv, typing, message, code) => {
    using subject = desk();
    const result = await subject.ask(argv, typing);
    expect([result.code, result.out, result.err.includes(message) ? message : result.err]).toEqual([code, '', message]);
    expect(result.err).not.toMatch(/\n {4}at /);
  });

  it('does not take the same login twice', async () => {
    using subject = desk();
    const create = () => subject.ask(['create', 'ada@example.org', '--password-stdin', '--json'], { input: PASSWORD });
    await create();
    const again = await create();
    expect([again.code, again.json()]).toEqual([1, { ok: false, error: 'There is an account with this address or name already.' }]);
  });

  it.each([
    ['no identity', 'version: 1\n', 'so there are no accounts'],
    ['a database that nobody answers for', 'version: 1\nidentity: {}\ndatabase: { url: "postgresql://me:hush-hush@127.0.0.1:1/db" }\n', 'cannot be asked: '],
  ])('needs what the file has to have: %s', async (_what, yaml, message) => {
    using subject = desk(yaml);
    const { code, err, out } = await subject.ask(['list']);
    expect([code, out, err.includes(message) ? message : err]).toEqual([1, '', message]);
    expect(err).not.toContain('hush-hush');
  });

  it('is completed', async () => {
    expect((await ran(['completion', 'bash'])).out).toMatch(/accounts\) words="create list set --config --json --login --role --name --password-stdin --active --inactive /);
  });
});
