import { setTimeout as sleep } from 'node:timers/promises';
import { ran, type Ran } from '../../src/cli/io.fixture.js';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';

const PASSWORD = 'correct horse battery';

const login = async (subject: TestGateway): Promise<Reply> => subject.fetch('/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email: 'ada@example.org', password: PASSWORD }) });
const bearerOf = (reply: Reply): string => `Bearer ${String(reply.json()['access_token'])}`;

/** Asks until the status is the one wanted, for a while: changes reach a gateway within `database.sync`, and a busy machine later. */
async function settles(ask: () => Promise<Reply>, status: number): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if ((await ask()).status === status) return status;
    await sleep(10);
  }
  return (await ask()).status;
}

describe('passerelle accounts, while a gateway runs', () => {
  it('makes the first administrator, and takes away what a role gave', async () => {
    await using subject = await gateway(`
database: { sync: 100ms, timeout: 15s }
identity: { register: { open: off, verify: required }, password: { hash: { memory: 8MiB, passes: 1 } } }
authenticate: { accounts: { use: identity } }
endpoints:
  identity: { at: /auth, authenticate: none }
  admin: { at: /admin, authorize: { roles: [admin] } }
`);
    const command = (...argv: string[]): Promise<Ran> => ran(['accounts', ...argv, '-c', subject.file], { ECHO: subject.echo.url }, { input: PASSWORD });
    expect((await login(subject)).status).toBe(401);
    expect(await command('create', 'ada@example.org', '--role', 'admin', '--password-stdin')).toMatchObject({ code: 0, err: '' });
    const authorization = bearerOf(await login(subject));
    const accounts = (): Promise<Reply> => subject.fetch('/admin/accounts', { headers: { authorization } });
    expect((await accounts()).json()).toMatchObject({ total: 1, accounts: [{ login: 'ada@example.org', roles: ['admin'] }] });

    expect((await command('set', 'ada@example.org', '--role', 'teacher')).code).toBe(0);
    expect(await settles(accounts, 401)).toBe(401);
    expect((await accounts()).json()).toMatchObject({ code: 'revoked-credential' });
    const teacher = bearerOf(await login(subject));
    expect((await subject.fetch('/admin/accounts', { headers: { authorization: teacher } })).status).toBe(403);

    expect((await command('set', 'ada@example.org', '--inactive')).code).toBe(0);
    expect(await settles(() => subject.fetch('/auth/me', { headers: { authorization: teacher } }), 401)).toBe(401);
    expect((await login(subject)).json()).toMatchObject({ code: 'account-inactive' });
    expect((await command('set', 'ada@example.org', '--active')).code).toBe(0);
    expect((await login(subject)).status).toBe(200);
  }, 30_000);
});
