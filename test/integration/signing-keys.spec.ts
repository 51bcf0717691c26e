import { createRequire } from 'node:module';
import { createPublicKey } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { Secret } from '#libs/kernel';
import { until } from '#libs/testing';
import { bearer, problemOf, StillClock } from '../../src/auth/auth.fixture.js';
import type { Database } from '../../src/database/index.js';
import { createTokens, type OwnTokens } from '../../src/identity/tokens/index.js';
import { ada, planOf, type IdentityInput } from '../../src/identity/tokens/tokens.fixture.js';
import { onEachDatabase, type TestDatabase } from '../support/databases.js';

const LIMIT = 60_000;
const DAY = 86_400_000;
const LEAD = 600_000;
const require = createRequire(import.meta.url);

onEachDatabase('A8: signing keys', (open) => {
  let base: TestDatabase;
  let clock: StillClock;
  const all: OwnTokens[] = [];
  const start = async (input: IdentityInput = {}, database: Database = base.database): Promise<OwnTokens> => {
    const tokens = await createTokens(planOf(input, { clock, database }));
    all.push(tokens);
    return tokens;
  };
  const kids = (tokens: OwnTokens): readonly unknown[] => tokens.keySet().keys.map((key) => key['kid']);
  const kidOf = async (tokens: OwnTokens): Promise<unknown> => decodeProtectedHeader((await tokens.issue(ada, 's1')).token).kid;
  const rows = () => base.database.run((db) => db.selectFrom('signing_keys').selectAll().orderBy('active_from').execute());

  beforeEach(async () => {
    base = await open();
    clock = new StillClock(Date.now());
  }, LIMIT);
  afterEach(async () => {
    for (const tokens of all.splice(0)) tokens.close();
    await base[Symbol.asyncDispose]();
  });

  it('the first is made once, however many processes start at the same time', async () => {
    const others = [await base.another(), await base.another()];
    const started = await Promise.all([base.database, base.database, ...others, ...others].map((database) => start({}, database)));
    expect(await rows()).toHaveLength(1);
    const token = bearer((await (started[0] as OwnTokens).issue(ada, 's1')).token);
    for (const tokens of started) expect(await tokens.authenticator.authenticate(token)).toMatchObject({ id: '7' });
  }, LIMIT);

  it('the next is published before it signs, once, and all processes learn of it by themselves', async () => {
    const first = await start();
    const old = await first.issue(ada, 's1');
    const [former] = kids(first);
    clock.advance(30 * DAY - LEAD);
    const others = [await base.another(), await base.another()];
    const started = await Promise.all([base.database, ...others, ...others].map((database) => start({}, database)));
    expect(await rows()).toHaveLength(2);
    await until(() => kids(first).length === 2);
    for (const tokens of [first, ...started]) expect(await kidOf(tokens)).toBe(former);

    clock.advance(LEAD);
    for (const tokens of [first, ...started]) expect(await kidOf(tokens)).toBe(kids(first)[1]);
    expect(decodeProtectedHeader(old.token).kid).toBe(former);

    // What the former signed has ended by now, and what is meant for services too.
    clock.advance(3_600_000 + 10_000);
    const later = await start();
    await until(() => kids(first).length === 1);
    for (const tokens of [first, later]) expect(kids(tokens)).not.toContain(former);
    expect(first.keys.removals).toBe(1);
    expect(await rows()).toHaveLength(1);
  }, LIMIT);

  it('a token is good until it ends, whichever key signs by then', async () => {
    const input: IdentityInput = { access: { lifetime: '2d' } };
    const first = await start(input);
    clock.advance(30 * DAY - LEAD);
    await start(input);
    await until(() => kids(first).length === 2);
    clock.advance(LEAD - 1);
    const { token } = await first.issue(ada, 's1');
    clock.advance(2 * DAY - 1_000);
    const later = await start(input);
    expect(kids(later)).toHaveLength(2);
    expect(await later.authenticator.authenticate(bearer(token))).toMatchObject({ id: '7' });
  }, LIMIT);

  it('a key whose tokens were longer-lived once is kept for those', async () => {
    await start({ access: { lifetime: '10d' } });
    const [{ expires_at: before } = { expires_at: null }] = await rows();
    await start({ access: { lifetime: '1m' } });
    expect((await rows())[0]?.expires_at).toBe(before);
    await start({ access: { lifetime: '20d' } });
    expect((await rows())[0]?.expires_at).toBe((before ?? 0) + 10 * DAY);
  }, LIMIT);

  it('another algorithm signs at once, and the tokens of before stay good', async () => {
    const first = await start();
    const { token } = await first.issue(ada, 's1');
    const other = await start({ signing: { algorithm: 'ES256' } });
    expect(decodeProtectedHeader((await other.issue(ada, 's1')).token).alg).toBe('ES256');
    expect(await other.authenticator.authenticate(bearer(token))).toMatchObject({ id: '7' });
    await until(() => kids(first).length === 2);
    expect(await first.authenticator.authenticate(bearer((await other.issue(ada, 's1')).token))).toMatchObject({ id: '7' });
    // Two gateways that differ for a while do not drive each other to make keys.
    await start();
    await start({ signing: { algorithm: 'ES256' } });
    expect(await rows()).toHaveLength(2);
  }, LIMIT);

  it('are encrypted at rest where the file says so, those from before too', async () => {
    const plain = await start();
    expect((await rows())[0]?.private_jwk).toContain('"d"');
    const encrypt = 'a secret of sixteen bytes or more';
    const sealed = await start({ signing: { encrypt } });
    expect((await rows())[0]?.private_jwk).toMatch(/^aes256gcm:/);
    expect(await kidOf(sealed)).toBe(kids(plain)[0]);
    await expect(start({ signing: { encrypt: 'another secret of enough bytes' } })).rejects.toThrow('another secret');
    await expect(start()).rejects.toThrow('identity.signing.encrypt');
    expect(JSON.stringify(await rows())).not.toContain(new Secret(encrypt).reveal());
    // Whoever could read the keys before goes on with them.
    expect(await kidOf(plain)).toBe(kids(sealed)[0]);
  }, LIMIT);

  it('while the database is away, goes on with what there is; without anything, says what is missing', async () => {
    const known = await start();
    const { token } = await known.issue(ada, 's1');
    const handle = await base.another();
    await handle.close();
    await (base.database as unknown as { close(): Promise<void> }).close();
    expect(await known.authenticator.authenticate(bearer(token))).toMatchObject({ id: '7' });
    expect(await known.authenticator.authenticate(bearer((await known.issue(ada, 's2')).token))).toMatchObject({ id: '7' });
    const stranger = await start({}, handle);
    for (const ask of [() => stranger.issue(ada, 's1'), () => stranger.authenticator.authenticate(bearer(token))]) {
      expect((await problemOf(ask)).type.code).toBe('database-away');
    }
  }, LIMIT);

  it('a made-up key id asks the database once in a while, not each time', async () => {
    const tokens = await start();
    const { token } = await tokens.issue(ada, 's1');
    const [, payload, signature] = token.split('.');
    let asked = 0;
    const run = base.database.run.bind(base.database);
    Object.assign(base.database, { run: (...each: Parameters<typeof run>) => { asked++; return run(...each); } });
    for (let i = 0; i < 20; i++) {
      const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt', kid: `k${i}` })).toString('base64url');
      expect((await problemOf(() => tokens.authenticator.authenticate(bearer(`${header}.${payload}.${signature}`)))).extras.members).toEqual({ reason: 'unknown-key' });
    }
    expect(asked).toBeLessThan(20);
  }, LIMIT);

  it.each(['ES256', 'RS256', 'PS256'] as const)('verify with a stock library: %s', async (algorithm) => {
    const tokens = await start({ issuer: 'https://gw', audience: ['api'], signing: { algorithm } });
    const { token } = await tokens.issue(ada, 's1');
    const { verify } = require('jsonwebtoken') as { verify(this: void, token: string, key: unknown, options: object): { sub: string } };
    const jwk = tokens.keySet().keys.find(({ kid }) => kid === decodeProtectedHeader(token).kid);
    const options = { algorithms: [algorithm], issuer: 'https://gw', audience: 'api', clockTimestamp: clock.seconds() };
    expect(verify(token, createPublicKey({ key: jwk as object, format: 'jwk' }), options).sub).toBe('7');
  }, LIMIT);
});
