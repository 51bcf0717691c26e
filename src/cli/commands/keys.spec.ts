import { configured, ran } from '../io.fixture.js';

// The database has time, since a machine may stand still.
const FILE = 'version: 1\ndatabase: { timeout: 20s, connectTimeout: 20s }\nauthenticate: { keys: { use: api-key } }\napiKeys: { prefix: acme, max: 2 }\n';

describe('keys', () => {
  it('are made, listed, rotated and revoked in the database of the file', async () => {
    using sample = configured(FILE);
    const keys = (...argv: string[]) => ran(['keys', ...argv, '-c', sample.file]);
    expect((await keys('list')).out).toBe('There are no keys.\n');
    const made = await keys('create', '-n', 'Billing', '--roles', 'robot, clerk', '--scopes', 'a', '--limit', '5/s', '--limit', 'quota:100/day', '--expires-in', '90d');
    expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^acme_\w{12}_\w{49}\n$/)]);
    expect(made.err).toMatch(/^Made: Billing, id \w{12}, good until 20\d\d-.*This is told once:\n$/);
    expect(made.err).not.toContain(made.out.trim());
    const [, id = ''] = made.out.split('_');
    const { keys: [listed] } = (await keys('list', '--json')).json<{ keys: readonly object[] }>();
    expect(listed).toMatchObject({ id, start: `acme_${id}`, name: 'Billing', owner: null, status: 'good', roles: ['robot', 'clerk'], scopes: ['a'], limits: [{ use: 'token-bucket', rate: '5/s' }, { use: 'quota', rate: '100/day' }], createdBy: 'command-line', lastUsedAt: null });
    expect(JSON.stringify(listed)).not.toContain(made.out.trim());
    const rotated = await keys('rotate', id, '--overlap', '1h', '--json');
    expect(rotated.json()).toMatchObject({ id, key: expect.stringMatching(`^acme_${id}_`) as string, formerUntil: expect.any(String) as string });
    expect(rotated.json()['key']).not.toBe(made.out.trim());
    expect((await keys('revoke', id)).out).toBe(`Revoked: ${id}.\n`);
    expect((await keys('list')).out).toMatch(new RegExp(`^ID .*\n${id} +Billing +- +revoked +never used +robot, clerk, a\n$`));
    expect(await keys('rotate', id)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('has been revoked') as string });
  });

  it('belong to somebody, and are not too many', async () => {
    using sample = configured(FILE);
    const keys = (...argv: string[]) => ran(['keys', ...argv, '-c', sample.file]);
    for (const owner of ['ada', 'bob']) expect((await keys('create', '--name', owner, '--owner', owner)).code).toBe(0);
    expect((await keys('list', '--owner', 'bob', '--json')).json<{ keys: readonly { owner: string }[] }>().keys.map(({ owner }) => owner)).toEqual(['bob']);
    expect(await keys('create', '--name', 'one more')).toMatchObject({ code: 1, err: expect.stringContaining('as many as apiKeys.max allows') as string });
  });

  it('are of no use to a file that does not ask for them', async () => {
    using sample = configured('version: 1\n');
    expect(await ran(['keys', 'create', '--name', 'x', '-c', sample.file])).toMatchObject({ code: 0, err: expect.stringMatching(/^No authenticator of the file goes by these keys/) as string });
  });

  it.each<[string, readonly string[], string, number]>([
    ['no action', [], "missing required argument 'action'", 2],
    ['another action', ['eat'], 'Allowed choices are create, list, rotate, revoke', 2],
    ['no name', ['create'], 'Say what the key is called', 2],
    ['no id', ['revoke'], 'Say which key', 2],
    ['no such id', ['revoke', 'nobody'], 'There is no key of this id', 1],
    ['a limit that is none', ['create', '--name', 'x', '--limit', 'fast'], 'limits', 2],
    ['an end that is none', ['create', '--name', 'x', '--expires-in', 'soon'], 'expiresIn: expected a duration', 2],
    ['no address', ['list', '--admin', 'example'], 'Say where the admin endpoint is', 2],
    ['nobody there', ['list', '--admin', 'http://127.0.0.1:1/admin'], 'http://127.0.0.1:1 cannot be reached', 1],
  ])('says what is wrong: %s', async (_what, argv, message, code) => {
    using sample = configured(FILE);
    const result = await ran(['keys', ...argv, '-c', sample.file]);
    expect([result.code, result.out, result.err.includes(message) ? message : result.err]).toEqual([code, '', message]);
  });

  it('is completed', async () => {
    expect((await ran(['completion', 'bash'])).out).toMatch(/keys\) words="create list rotate revoke --config --json --name /);
  });
});
