import { Problem, problems, type Authenticator, type Exchange, type Principal } from '#libs/kernel';
import type { RolesConfig, RouteSettings } from '../config/index.js';
import { compileAccess } from './access.js';
import { exchangeWith, principalWith, problemOf } from './auth.fixture.js';

const roles: RolesConfig = { alias: {}, implies: {} };
const answering = (answer: () => Principal | null | Promise<Principal | null>, challenge = 'Bearer'): Authenticator => ({ authenticate: answer, challenge });
const nobody = (challenge?: string) => answering(() => null, challenge);
const later = <T>(value: T): Promise<T> => Promise.resolve(value);

function guardOf(settings: Partial<Pick<RouteSettings, 'authenticate' | 'authorize'>>, authenticators: Record<string, Authenticator>, about: RolesConfig = roles) {
  return compileAccess({ authenticate: settings.authenticate, authorize: settings.authorize ?? 'any' } as RouteSettings, { authenticators: new Map(Object.entries(authenticators)), roles: about });
}

describe('who', () => {
  it('takes the first that recognises a credential, without a promise', () => {
    const exchange = exchangeWith();
    const guard = guardOf({}, { a: nobody(), b: answering(() => principalWith({ id: 'b' })), c: answering(() => principalWith({ id: 'c' })) });
    expect(guard.admit(exchange)).toBeUndefined();
    expect(exchange.principal).toMatchObject({ id: 'b', authenticator: 'b' });
  });

  it('goes on after a promise of nobody', async () => {
    const exchange = exchangeWith();
    await guardOf({}, { a: answering(() => later(null)), b: answering(() => later(principalWith({ id: 'b' }))) }).admit(exchange);
    expect(exchange.principal).toMatchObject({ id: 'b', authenticator: 'b' });
  });

  it('asks in the order of the route, and only those', () => {
    const exchange = exchangeWith();
    const all = { a: answering(() => principalWith({ id: 'a' })), b: answering(() => principalWith({ id: 'b' })), c: nobody() };
    expect(guardOf({ authenticate: ['c', 'b'] }, all).admit(exchange)).toBeUndefined();
    expect(exchange.principal?.id).toBe('b');
  });

  it.each<[string, () => never | Promise<never>]>([
    ['at once', () => { throw new Problem(problems.invalidCredential, 'bad'); }],
    ['later', () => Promise.reject(new Problem(problems.invalidCredential, 'bad'))],
  ])('does not ask the next after a bad credential, refused %s', async (_when, refuse) => {
    const problem = await problemOf(() => guardOf({}, { a: answering(refuse), b: answering(() => principalWith()) }).admit(exchangeWith()));
    expect(problem.type).toBe(problems.invalidCredential);
  });

  it.each<[string, Authenticator]>([['at once', nobody('Bearer')], ['later', answering(() => later(null))]])('names every challenge, once, when nobody answers %s', async (_when, users) => {
    const { type, extras } = await problemOf(() => guardOf({}, { users, others: nobody('Bearer'), keys: nobody('ApiKey') }).admit(exchangeWith()));
    expect([type.code, extras.headers]).toEqual(['unauthenticated', { 'WWW-Authenticate': 'Bearer, ApiKey' }]);
  });

  it('asks nobody on a public route', () => {
    const exchange = exchangeWith();
    expect(guardOf({ authenticate: 'none', authorize: 'deny' }, { a: answering(() => { throw new Error('asked'); }) }).admit(exchange)).toBeUndefined();
    expect(exchange.principal).toBeNull();
  });

  it('takes a principal that is already there, if the route accepts its authenticator', async () => {
    const never = answering(() => { throw new Error('asked'); });
    const guard = guardOf({ authenticate: ['users'], authorize: { roles: ['admin'] } }, { users: never, keys: never });
    const as = (principal: Principal): Exchange => Object.assign(exchangeWith(), { principal });
    expect(guard.admit(as(principalWith({ roles: ['admin'] })))).toBeUndefined();
    expect((await problemOf(() => guard.admit(as(principalWith({ roles: ['guest'] }))))).type).toBe(problems.forbidden);
    expect((await problemOf(() => guard.admit(as(principalWith({ roles: ['admin'], authenticator: 'keys' }))))).type).toBe(problems.unauthenticated);
  });
});

describe('credentials in the query', () => {
  const scrubbing = (answer: () => Principal | null | Promise<Principal | null>): Authenticator => ({
    ...answering(answer),
    scrub: (exchange) => { exchange.query = exchange.query.replace('token=secret', ''); },
  });
  const fails = () => { throw new Problem(problems.invalidCredential, 'bad'); };

  it.each<[string, Partial<Pick<RouteSettings, 'authenticate'>>, Record<string, Authenticator>]>([
    ['a public route', { authenticate: 'none' }, { users: scrubbing(() => null) }],
    ['a route that asks another', { authenticate: ['keys'] }, { users: scrubbing(() => null), keys: answering(() => principalWith()) }],
    ['a caller who is known later', {}, { keys: answering(() => later(principalWith())), users: scrubbing(() => null) }],
    ['a caller nobody knows', {}, { users: scrubbing(() => null) }],
    ['a refusal', {}, { keys: answering(fails), users: scrubbing(() => null) }],
    ['a refusal later', {}, { keys: answering(() => later(null).then(fails)), users: scrubbing(() => null) }],
  ])('are cut: %s', async (_name, settings, authenticators) => {
    const exchange = exchangeWith([], '?token=secret');
    await Promise.resolve().then(() => guardOf(settings, authenticators).admit(exchange)).catch(() => undefined);
    expect(exchange.query).toBe('?');
  });
});

describe('may they', () => {
  const rules: RolesConfig = { known: ['admin', 'staff', 'guest'], alias: { boss: 'admin' }, implies: { staff: ['guest'] }, superuser: 'admin' };
  const guard = (authorize: RouteSettings['authorize'], principal: Partial<Principal>) => guardOf({ authorize }, { users: answering(() => principalWith(principal)) }, rules);

  it.each<[string, RouteSettings['authorize'], Partial<Principal>, boolean]>([
    ['anyone known', 'any', { roles: ['guest'] }, true],
    ['no known role', 'any', { roles: ['janitor'] }, false],
    ['no role', 'any', {}, false],
    ['nobody', 'deny', { roles: ['staff'] }, false],
    ['nobody but the superuser', 'deny', { roles: ['admin'] }, true],
    ['the superuser by an alias', { permissions: ['x'], scopes: ['y'] }, { roles: ['boss'] }, true],
    ['one of the roles', { roles: ['staff', 'other'] }, { roles: ['staff'] }, true],
    ['an implied role', { roles: ['guest'] }, { roles: ['staff'] }, true],
    ['not up the ladder', { roles: ['staff'] }, { roles: ['guest'] }, false],
    ['all of the roles', { roles: { all: ['staff', 'guest'] } }, { roles: ['staff'] }, true],
    ['not all of the roles', { roles: { all: ['staff', 'other'] } }, { roles: ['staff'] }, false],
    ['any and all', { roles: { any: ['other', 'staff'], all: ['guest'] } }, { roles: ['staff'] }, true],
    ['a permission', { permissions: ['read', 'write'] }, { roles: ['guest'], permissions: ['write'] }, true],
    ['not all permissions', { permissions: { all: ['read', 'write'] } }, { roles: ['guest'], permissions: ['write'] }, false],
    ['role and scope', { roles: ['staff'], scopes: ['mail'] }, { roles: ['staff'], scopes: ['mail'] }, true],
    ['role without scope', { roles: ['staff'], scopes: ['mail'] }, { roles: ['staff'] }, false],
    ['names compare exactly', { roles: ['Staff'] }, { roles: ['staff'] }, false],
  ])('%s', async (_name, authorize, principal, admitted) => {
    const exchange = exchangeWith();
    const verdict = await Promise.resolve().then(() => guard(authorize, principal).admit(exchange)).catch((error: unknown) => error);
    expect(verdict instanceof Problem ? verdict.type.code : verdict).toBe(admitted ? undefined : 'forbidden');
    expect(exchange.principal?.id).toBe('ada');
  });

  it('says what is needed', async () => {
    const { detail, extras } = await problemOf(() => guard({ scopes: { all: ['mail', 'calendar'] } }, { roles: ['guest'] }).admit(exchangeWith()));
    expect(detail).toBe('This route needs all of the scopes mail, calendar. Ask for it, or sign in as a caller who has it.');
    expect(extras).toEqual({
      members: { required: { scopes: { all: ['mail', 'calendar'] } } },
      headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="mail calendar"' },
    });
  });

  it('says which roles are known', async () => {
    const { extras } = await problemOf(() => guard('any', {}).admit(exchangeWith()));
    expect(extras.members).toEqual({ required: { roles: { any: ['admin', 'staff', 'guest'] } } });
  });
});

it.each<[string, Partial<Pick<RouteSettings, 'authenticate' | 'authorize'>>, Record<string, Authenticator>, string]>([
  ['an authenticator that does not exist', { authenticate: ['user'] }, { users: nobody() }, 'no authenticator "user"; the file has users'],
  ['no authenticator and not public', {}, {}, 'authenticate: none'],
  ['an empty list of authenticators', { authenticate: [] }, { users: nobody() }, 'authenticate: none'],
  ['an empty list of roles', { authorize: { roles: [] } }, { users: nobody() }, 'authorize.roles'],
  ['an empty list of which all are needed', { authorize: { scopes: { all: [] } } }, { users: nobody() }, 'authorize.scopes'],
])('refuses %s at load', (_name, settings, authenticators, message) => {
  expect(() => guardOf(settings, authenticators)).toThrow(message);
});
