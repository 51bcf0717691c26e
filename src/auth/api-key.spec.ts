import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { problems, type Exchange } from '#libs/kernel';
import { apiKey } from './api-key.js';
import { digestOfKey, newKeyText } from './api-key/key-text.js';
import { apiKeyOptions, needsKeys } from './api-key/options.js';
import { ApiKeys, NoKeys, type HeldKey } from './api-keys.js';
import { exchangeWith, problemOf, StillClock } from './auth.fixture.js';

type Changing = { -readonly [K in keyof HeldKey]: HeldKey[K] };

/** Keys by hand. */
class Keys extends ApiKeys {
  readonly list = new Map<string, Changing>();
  readonly noted: string[] = [];
  find = (id: string): HeldKey | undefined => this.list.get(id);

  note(key: HeldKey): void {
    this.noted.push(key.id);
    (key as Changing).noted = true;
  }

  add(text: string, id: string, more: Partial<HeldKey> = {}): Changing {
    const key: Changing = {
      id, version: 1, hash: digestOfKey(text), formerHash: null, formerUntil: 0, name: 'Billing', owner: null, roles: ['robot'], permissions: ['invoices:read'], scopes: ['invoices'],
      limits: [], expiresAt: Number.POSITIVE_INFINITY, revoked: false, noted: false, ...more,
    };
    this.list.set(id, key);
    return key;
  }
}

function rig(options: z.input<typeof apiKeyOptions> = {}) {
  const [clock, keys] = [new StillClock(), new Keys()];
  const authenticator = apiKey.create(apiKeyOptions.parse(options), { clock, random: () => 0, name: 'keys', folder: '/', resolve: <T>() => keys as T });
  return { authenticator, clock, keys };
}

const withKey = (text: string): Exchange => exchangeWith([['X-API-Key', text]]);
const reasonOf = async (call: () => unknown) => (await problemOf(call)).extras.members?.['reason'];

describe('keys of the database', () => {
  const made = newKeyText('pk');

  it('say who is calling, and what they may', () => {
    const { authenticator, keys } = rig();
    keys.add(made.text, made.id);
    expect(authenticator.authenticate(withKey(made.text))).toEqual({
      id: made.id, email: null, roles: ['robot'], permissions: ['invoices:read'], scopes: ['invoices'], authenticator: 'keys', claims: { key: made.id, name: 'Billing' }, expiresAt: Number.POSITIVE_INFINITY,
    });
    expect(authenticator.authenticate(withKey(made.text))).toBe(authenticator.authenticate(withKey(made.text)));
    expect(keys.noted).toEqual([made.id]);
    keys.add(made.text, made.id, { owner: 'ada' });
    expect(rig().authenticator.authenticate(exchangeWith())).toBeNull();
  });

  it('stand for their owner, and bring their limits', () => {
    const { authenticator, keys } = rig();
    const limits = [{ rate: '5/min' }];
    keys.add(made.text, made.id, { owner: 'ada', limits });
    const exchange = withKey(made.text);
    expect(authenticator.authenticate(exchange)).toMatchObject({ id: 'ada', claims: { key: made.id } });
    expect(exchange.ownLimits).toEqual({ of: `key:${made.id}`, limits });
  });

  it.each<[string, string, string]>([
    ['a letter wrong', `${made.text.slice(0, -1)}${made.text.endsWith('x') ? 'y' : 'x'}`, 'malformed'],
    ['an id of nobody', newKeyText('pk').text, 'unknown'],
    ['the right id and another secret', newKeyText('pk', made.id).text, 'unknown'],
    ['something else', 'hunter2', 'unknown'],
    ['nothing', '', 'unknown'],
    ['very much', 'x'.repeat(10_000), 'malformed'],
  ])('are refused: %s', async (_what, text, reason) => {
    const { authenticator, keys } = rig();
    keys.add(made.text, made.id);
    const problem = await problemOf(() => authenticator.authenticate(withKey(text)));
    expect([problem.type, problem.status, problem.extras]).toEqual([problems.invalidApiKey, 401, { headers: { 'WWW-Authenticate': 'ApiKey header="X-API-Key"' }, members: { reason } }]);
    expect(problem.detail).not.toContain(text === '' ? 'hunter2' : text);
  });

  it('are looked at anew each time, remembered or not', async () => {
    const { authenticator, clock, keys } = rig();
    const key = keys.add(made.text, made.id, { expiresAt: clock.now() + 1_000 });
    const call = (): unknown => authenticator.authenticate(withKey(made.text));
    expect(call()).toMatchObject({ roles: ['robot'] });
    Object.assign(key, { version: 2, roles: ['clerk'], limits: [{ rate: '1/s' }] });
    expect(call()).toMatchObject({ roles: ['clerk'] });
    clock.advance(1_000);
    expect(await reasonOf(call)).toBe('expired');
    Object.assign(key, { version: 3, expiresAt: Number.POSITIVE_INFINITY });
    expect(call()).toMatchObject({ roles: ['clerk'], expiresAt: Number.POSITIVE_INFINITY });
    key.revoked = true;
    expect(await reasonOf(call)).toBe('revoked');
  });

  it('go on with their former text for a while', async () => {
    const { authenticator, clock, keys } = rig();
    const key = keys.add(made.text, made.id);
    const former = (): unknown => authenticator.authenticate(withKey(made.text));
    former();
    const next = newKeyText('pk', made.id);
    Object.assign(key, { version: 2, hash: digestOfKey(next.text), formerHash: digestOfKey(made.text), formerUntil: clock.now() + 1_000 });
    expect(former()).toMatchObject({ id: made.id });
    expect(authenticator.authenticate(withKey(next.text))).toBeTruthy();
    clock.advance(1_000);
    expect(await reasonOf(former)).toBe('unknown');
    expect(await reasonOf(() => rig().authenticator.authenticate(withKey(made.text)))).toBe('unknown');
    expect(authenticator.authenticate(withKey(next.text))).toBeTruthy();
  });

  it('cannot be told where nothing runs', async () => {
    const authenticator = apiKey.create(apiKeyOptions.parse({}), { clock: new StillClock(), random: () => 0, name: 'keys', folder: '/', resolve: <T>() => new NoKeys() as T });
    expect((await problemOf(() => authenticator.authenticate(withKey(made.text)))).type).toBe(problems.databaseAway);
  });
});

describe('keys of the file', () => {
  const sha = (text: string) => createHash('sha256').update(text);

  it.each<[string, z.input<typeof apiKeyOptions>]>([
    ['text', { keys: { acme: 'key-one' } }],
    ['several texts', { keys: { acme: ['key-two', 'key-one'] } }],
    ['text and more', { keys: { acme: { key: 'key-one', name: 'Acme' } } }],
    ['a hash in hex', { keys: { acme: { hash: `sha256:${sha('key-one').digest('hex').toUpperCase()}` } } }],
    ['a hash in base64url', { keys: { acme: { hash: `sha256:${sha('key-one').digest('base64url')}` } } }],
    ['a salted hash', { salt: 'sea', keys: { acme: { hash: `sha256:${sha('seakey-one').digest('hex')}` } } }],
    ['text beside a salt', { salt: 'sea', keys: { acme: 'key-one' } }],
    ['a list of the environment', { salt: '', keys: 'other:key-two, acme:key-one,' }],
    ['beside those of the database', { managed: true, keys: 'acme:key-one' }],
  ])('are written as %s', async (_how, options) => {
    const { authenticator } = rig(options);
    expect(authenticator.authenticate(withKey('key-one'))).toMatchObject({ id: 'acme', claims: { key: 'acme' }, authenticator: 'keys' });
    expect(await reasonOf(() => authenticator.authenticate(withKey('key-three')))).toBe('unknown');
    expect(await reasonOf(() => authenticator.authenticate(withKey('acme:key-one')))).toBe('unknown');
  });

  it('have rights, limits and an end', async () => {
    const { authenticator, clock } = rig({ keys: { acme: { key: 'k', owner: 'acme-ltd', roles: 'robot,clerk', scopes: ['a'], limits: '10/s', expires: '2026-01-01T00:00:01Z' } } });
    const exchange = withKey('k');
    expect(authenticator.authenticate(exchange)).toMatchObject({ id: 'acme-ltd', roles: ['robot', 'clerk'], scopes: ['a'], claims: { key: 'acme', name: 'acme' } });
    expect(exchange.ownLimits).toEqual({ of: 'keys:acme', limits: [{ use: 'token-bucket', rate: '10/s' }] });
    clock.advance(1_000);
    expect(await reasonOf(() => authenticator.authenticate(withKey('k')))).toBe('expired');
  });

  it.each<[string, object]>([
    ['no key', { keys: { acme: {} } }],
    ['an empty key', { keys: { acme: '' } }],
    ['a hash that is none', { keys: { acme: { hash: 'md5:00' } } }],
    ['a list that is none', { keys: 'acme' }],
    ['a day that is none', { keys: { acme: { key: 'k', expires: 'tomorrow' } } }],
    ['a limit that is none', { keys: { acme: { key: 'k', limits: [{ rate: '10/month' }] } } }],
  ])('are wrong: %s', (_what, options) => {
    expect(apiKeyOptions.safeParse(options).success).toBe(false);
  });

  it('of two owners are not the same', () => {
    expect(() => rig({ keys: { acme: 'k', other: 'k' } })).toThrow('"other" has a key that another id has too');
  });

  it('may be none at all; then nobody needs one', () => {
    const { authenticator } = rig({ keys: 'off' });
    expect(authenticator.off).toBe(true);
    expect(authenticator.authenticate(withKey('off'))).toBeNull();
    for (const options of [{ keys: 'acme:key-one' }, { keys: 'off', managed: true }] as const) expect(rig(options).authenticator.off).toBeUndefined();
  });

  it('do without a database', () => {
    expect([{}, { keys: 'a:b' }, { keys: 'a:b', managed: true }, { managed: false }, { keys: 'off' }].map((options) => needsKeys({ keys: { use: 'api-key', ...options } }))).toEqual([true, false, true, false, false]);
    expect(needsKeys({ users: { use: 'jwt' } })).toBe(false);
  });
});

describe('where keys are', () => {
  const keys = { acme: 'key-one', other: 'key-two' };

  it.each<[string, readonly (readonly [string, string])[], string, unknown]>([
    ['in the header', [['x-api-key', 'key-one']], '', 'acme'],
    ['in the query', [], '?a=1&api_key=key-one', 'acme'],
    ['the same in both', [['x-api-key', 'key-one']], '?api_key=key-one', 'acme'],
    ['two in two places', [['x-api-key', 'key-one']], '?api_key=key-two', 'ambiguous'],
    ['the header twice', [['x-api-key', 'key-one'], ['X-API-Key', 'key-one']], '', 'ambiguous'],
    ['the query twice', [], '?api_key=key-one&api_key=key-two', 'ambiguous'],
    ['elsewhere', [['Authorization', 'Bearer key-one']], '', null],
  ])('%s', async (_where, fields, query, expected) => {
    const { authenticator } = rig({ keys, from: [{ header: 'X-API-Key' }, { query: 'api_key' }] });
    const exchange = exchangeWith(fields, query);
    const call = (): unknown => authenticator.authenticate(exchange);
    if (expected === 'ambiguous') expect(await reasonOf(call)).toBe(expected);
    else expect((call() as { id: string } | null)?.id ?? null).toBe(expected);
    expect(exchange.query).not.toMatch(/key/);
  });

  it('leaves JSON Web Tokens in the same place to others', () => {
    const { authenticator } = rig({ keys, from: [{ header: 'Authorization' }] });
    expect(authenticator.challenge).toBe('Bearer');
    expect(authenticator.authenticate(exchangeWith([['Authorization', 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc']]))).toBeNull();
    expect(authenticator.authenticate(exchangeWith([['Authorization', 'bearer key-one']]))).toMatchObject({ id: 'acme' });
  });

  it.each<[z.input<typeof apiKeyOptions>['from'], string]>([
    [[{ query: 'api_key' }], 'ApiKey query="api_key"'], [[{ cookie: 'key' }], 'ApiKey cookie="key"'], [[{ header: 'Authorization', scheme: 'ApiKey' }], 'ApiKey'],
  ])('is told: %j', (from, challenge) => {
    expect(rig({ from }).authenticator.challenge).toBe(challenge);
  });

  it('takes keys out of every request, and leaves what is none', () => {
    const { authenticator } = rig({ keys, managed: true, from: [{ header: 'X-API-Key' }, { query: 'k' }] });
    const { text } = newKeyText('other');
    const scrubbed = (value: string) => {
      const exchange = exchangeWith([['X-API-Key', value], ['Accept', '*/*']], `?a=1&k=${value}&b=2`);
      authenticator.scrub?.(exchange);
      return [exchange.query, exchange.headers['x-api-key'], exchange.rawHeaders];
    };
    for (const value of ['key-one', text]) expect(scrubbed(value)).toEqual(['?a=1&b=2', undefined, ['Accept', '*/*']]);
    expect(scrubbed('of-the-service')).toEqual(['?a=1&k=of-the-service&b=2', 'of-the-service', ['X-API-Key', 'of-the-service', 'Accept', '*/*']]);
  });

  it('lets services see them where the file says so', () => {
    const exchange = withKey('key-one');
    rig({ keys, forward: true }).authenticator.scrub?.(exchange);
    expect(exchange.headers['x-api-key']).toBe('key-one');
  });
});
