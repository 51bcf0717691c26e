import { z } from 'zod';
import { identitySchema } from '../config/schema/identity.js';
import type { Account, Grant } from './contracts.js';
import { shapesOf } from './shapes.js';

const account: Account = {
  id: 'a-1', login: 'ada@example.org', email: 'ada@example.org', name: 'Ada', roles: ['candidat', 'other'], permissions: ['p'], active: true, verifiedAt: null, createdAt: 0, attributes: { city: 'Paris' },
};
const grant: Grant = { account, session: 's-1', accessToken: 'A', expiresIn: 900, refreshToken: 'R', refreshExpiresIn: 604_800 };
const shapes = (config: object = {}): ReturnType<typeof shapesOf> => shapesOf(identitySchema.parse(config));
const USER = { id: 'a-1', email: 'ada@example.org', name: 'Ada', role: 'candidat', roles: ['candidat', 'other'], created_at: '1970-01-01T00:00:00.000Z', is_active: true, is_verified: false };

describe('answers', () => {
  it('have a shape of their own', () => {
    const told = { account, grant };
    const signedIn = { access_token: 'A', refresh_token: 'R', token_type: 'bearer', expires_in: 900, user: USER };
    for (const name of ['register', 'login', 'refresh'] as const) expect(shapes().answer(name, told)).toEqual(signedIn);
    expect(shapes().answer('register', { account, grant: null })).toEqual({ user: USER });
    const { refreshToken: _, ...withoutRefresh } = grant;
    expect(shapes().answer('login', { account, grant: withoutRefresh })).not.toHaveProperty('refresh_token');
    expect(shapes().answer('me', { account, grant: null })).toEqual(USER);
    expect(shapes().answer('accepted', { account: null, grant: null })).toEqual({ status: 'accepted' });
    for (const name of ['logout', 'password', 'verify', 'reset'] as const) expect(shapes().answer(name, { account: null, grant: null })).toBeUndefined();
  });

  it('call fields as the platform does', () => {
    const own = shapes({ fields: { name: 'full_name', refreshToken: 'refreshToken, refresh_token' }, register: { attributes: ['city'] } });
    expect(own.answer('login', { account, grant })).toMatchObject({ refreshToken: 'R', user: { full_name: 'Ada', city: 'Paris' } });
  });

  it('are what the file says', () => {
    const own = shapes({ answers: {
      login: { success: true, message: 'Bonjour {user.name}', data: { accessToken: '{accessToken}', refreshToken: '{refreshToken}', user: '{user}', in: '{user.attributes.city}', not: '{user.attributes.missing}' } },
      me: { id: '{user.id}', role: '{user.role}', since: '{user.createdAt}' },
      logout: { message: 'Déconnexion réussie' },
    } });
    expect(own.answer('login', { account, grant })).toEqual({ success: true, message: 'Bonjour Ada', data: { accessToken: 'A', refreshToken: 'R', user: USER, in: 'Paris' } });
    expect(own.answer('me', { account, grant: null })).toEqual({ id: 'a-1', role: 'candidat', since: '1970-01-01T00:00:00.000Z' });
    expect(own.answer('logout', { account: null, grant: null })).toEqual({ message: 'Déconnexion réussie' });
  });

  it.each(['{user.password}', '{secret}', '{user.constructor}', '{user.__proto__}'])('know no %s', (text) => {
    expect(() => shapes({ answers: { me: { x: text } } })).toThrow('unknown placeholder');
  });
});

describe('bodies', () => {
  const schema = z.object({ refreshToken: z.string(), name: z.string().max(3).optional(), attributes: z.record(z.string(), z.unknown()) });

  it.each<[object, object, object]>([
    [{}, { refresh_token: 'R' }, { refreshToken: 'R', attributes: {} }],
    [{}, { refreshToken: 'R', other: 1 }, { refreshToken: 'R', attributes: {} }],
    [{}, { refreshToken: 'second', refresh_token: 'first' }, { refreshToken: 'first', attributes: {} }],
    [{}, { refresh_token: null, refreshToken: 'R' }, { refreshToken: 'R', attributes: {} }],
    [{ fields: { name: 'full_name' } }, { refresh_token: 'R', full_name: 'Ada', name: 'Eve' }, { refreshToken: 'R', name: 'Ada', attributes: {} }],
    [{ register: { attributes: 'city' } }, { refresh_token: 'R', city: { a: 1 }, role: 'admin' }, { refreshToken: 'R', attributes: { city: { a: 1 } } }],
    [{}, JSON.parse('{"refresh_token":"R","__proto__":{"name":"x"}}') as object, { refreshToken: 'R', attributes: {} }],
  ])('%j reads %j', (config, body, expected) => {
    expect(shapes(config).body(schema).parse(body)).toEqual(expected);
  });

  it.each<[unknown, readonly (readonly [string, string])[]]>([
    [{ full_name: 'Adam' }, [['refresh_token', 'expected string'], ['full_name', '<=3']]],
    [[], [['', 'expected an object']]],
    ['text', [['', 'expected an object']]],
    [null, [['', 'expected an object']]],
  ])('%j is refused in the names of the platform', (body, expected) => {
    const read = shapes({ fields: { name: 'full_name' } }).body(schema).safeParse(body);
    expect(read.error?.issues.map(({ message, path }) => [path.join('.'), message])).toEqual(expected.map(([path, message]) => [path, expect.stringContaining(message)]));
  });
});
