import { Problem, problems, type Authenticator, type Exchange, type Principal } from '#libs/kernel';
import type { RolesConfig, RouteSettings } from '../config/index.js';
import { compileAccess, type Demand } from './access.js';
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

describe('methods', () => {
  const asking = (method: string) => Object.assign(exchangeWith(), { method }) as Exchange;
  const authorize = { roles: ['staff'], methods: { GET: 'any', 'PUT, PATCH': { roles: ['admin'] }, DELETE: 'deny' } } as RouteSettings['authorize'];
  const guard = (roleNames: readonly string[]) => guardOf({ authorize }, { users: answering(() => principalWith({ roles: roleNames })) });

  it.each([
    ['GET', [], true], ['HEAD', [], true], ['POST', [], false], ['POST', ['staff'], true], ['OPTIONS', ['admin'], false],
    ['PUT', ['staff'], false], ['PATCH', ['admin'], true], ['DELETE', ['admin'], false],
  ])('%s as %j', async (method, roleNames, admitted) => {
    const verdict = await Promise.resolve().then(() => guard(roleNames).admit(asking(method))).catch((error: unknown) => error);
    expect(verdict instanceof Problem ? verdict.type.code : verdict).toBe(admitted ? undefined : 'forbidden');
  });
});

describe('several of them', () => {
  const good = (id: string) => answering(() => principalWith({ id }));
  const bad = () => answering(() => { throw new Problem(problems.invalidCredential, 'bad'); });
  const none = () => ({ ...nobody('Key'), missing: problems.signatureMissing });
  const off = () => ({ ...nobody(), off: true });
  type Asked = RouteSettings['authenticate'];

  it.each<[string, Asked, Record<string, Authenticator>, string | null]>([
    ['all: the first is the caller', { all: ['a', 'b'], optional: false }, { a: good('a'), b: good('b') }, 'a'],
    ['all, with promises', { all: ['a', 'b'], any: ['c'], optional: false }, { a: answering(() => later(principalWith({ id: 'a' }))), b: good('b'), c: answering(() => later(principalWith({ id: 'c' }))) }, 'c'],
    ['all, one absent', { all: ['a', 'b'], optional: false }, { a: good('a'), b: none() }, 'signature-missing'],
    ['all, one absent later', { all: ['b', 'a'], optional: false }, { a: good('a'), b: { ...answering(() => later(null)), missing: problems.signatureMissing } }, 'signature-missing'],
    ['all, one bad', { all: ['a', 'b'], any: ['c'], optional: true }, { a: good('a'), b: bad(), c: good('c') }, 'invalid-credential'],
    ['any besides', { all: ['a'], any: ['b', 'c'], optional: false }, { a: good('a'), b: nobody(), c: good('c') }, 'c'],
    ['any besides, absent', { all: ['a'], any: ['b'], optional: false }, { a: good('a'), b: nobody() }, 'unauthenticated'],
    ['any besides, absent and optional', { all: ['a'], any: ['b'], optional: true }, { a: good('a'), b: nobody() }, 'a'],
    ['any besides, absent later and optional', { all: ['a'], any: ['b'], optional: true }, { a: good('a'), b: answering(() => later(null)) }, 'a'],
    ['optional, absent', { any: ['b'], optional: true }, { b: nobody() }, null],
    ['optional, absent later', { any: ['b'], optional: true }, { b: answering(() => later(null)) }, null],
    ['optional, bad', { any: ['b'], optional: true }, { b: bad() }, 'invalid-credential'],
    ['optional, all of the file', { optional: true }, { a: nobody(), b: good('b') }, 'b'],
    ['the only one, absent', ['a'], { a: none() }, 'signature-missing'],
    ['all, one turned off', { all: ['a', 'b'], any: ['c'], optional: false }, { a: off(), b: good('b'), c: good('c') }, 'c'],
    ['all, one turned off, another absent', { all: ['a', 'b'], any: ['c'], optional: false }, { a: off(), b: none(), c: good('c') }, 'signature-missing'],
    ['all of them turned off', { all: ['a', 'b'], optional: false }, { a: off(), b: off() }, null],
    ['all turned off, any absent', { all: ['a'], any: ['c'], optional: false }, { a: off(), c: nobody() }, 'unauthenticated'],
    ['any, turned off', ['a'], { a: off() }, 'unauthenticated'],
    ['one of two, absent', ['a', 'b'], { a: none(), b: nobody() }, 'unauthenticated'],
  ])('%s', async (_case, authenticate, authenticators, expected) => {
    const exchange = exchangeWith();
    const verdict = await Promise.resolve().then(() => guardOf({ authenticate }, authenticators).admit(exchange)).catch((error: unknown) => error);
    expect(verdict instanceof Problem ? verdict.type.code : (exchange.principal?.id ?? null)).toBe(expected);
  });

  it('lets nobody in where something is asked and all are turned off', async () => {
    const { type } = await problemOf(() => guardOf({ authenticate: { all: ['a'], optional: false }, authorize: { roles: ['x'] } }, { a: off() }).admit(exchangeWith()));
    expect(type).toBe(problems.unauthenticated);
  });

  it.each([[['a', 'b'], 'unaccepted-scheme'], [['c'], 'signature-missing']])('tells a credential that nobody takes from none: %j', async (authenticate, expected) => {
    const { type } = await problemOf(() => guardOf({ authenticate }, { a: nobody(), b: none(), c: none() }).admit(exchangeWith([['Authorization', 'Token abc']])));
    expect(type.code).toBe(expected);
  });

  it('names the challenge of the one that is absent', async () => {
    const { extras } = await problemOf(() => guardOf({ authenticate: { all: ['a', 'b'], optional: false } }, { a: good('a'), b: none() }).admit(exchangeWith()));
    expect(extras.headers).toEqual({ 'WWW-Authenticate': 'Key' });
  });

  it.each<[RouteSettings['authorize'], Authenticator, string | undefined]>([
    ['any', nobody(), undefined], ['deny', nobody(), 'unauthenticated'], [{ roles: ['x'] }, nobody(), 'unauthenticated'], [{ owner: 'id' }, nobody(), 'unauthenticated'],
    ['any', good('a'), undefined], ['deny', good('a'), 'forbidden'], [{}, good('a'), undefined],
  ])('optional with authorize: %j', async (authorize, users, code) => {
    const guard = guardOf({ authenticate: { any: ['users'], optional: true }, authorize }, { users }, { alias: {}, implies: {}, known: ['x'] });
    const verdict = await Promise.resolve().then(() => guard.admit(exchangeWith())).catch((error: unknown) => error);
    expect(verdict instanceof Problem ? verdict.type.code : verdict).toBe(code);
  });
});

describe('what code asks besides', () => {
  const users = answering(() => principalWith({ roles: ['staff'] }));

  it.each<[string, Partial<Pick<RouteSettings, 'authenticate' | 'authorize'>>, Demand, Authenticator, string | undefined]>([
    ['both', { authorize: { roles: ['staff'] } }, { open: false, rule: { roles: ['other'] } }, users, 'forbidden'],
    ['the code alone', {}, { open: false, rule: { roles: ['staff'] } }, users, undefined],
    ['by method, and the code', { authorize: { methods: { GET: 'any' } } }, { open: false, rule: { roles: ['other'] } }, users, 'forbidden'],
    ['the code where the file is public', { authenticate: 'none' }, { open: false, rule: { roles: ['staff'] } }, nobody(), 'unauthenticated'],
    ['open code, whatever the file asks', { authorize: 'deny' }, { open: true, rule: 'any' }, nobody(), undefined],
    ['open code where the file is public', { authenticate: 'none' }, { open: true, rule: 'any' }, answering(() => { throw new Error('asked'); }), undefined],
    ['open code and what the file wants of all', { authenticate: { all: ['users'], optional: false } }, { open: true, rule: 'any' }, nobody(), 'unauthenticated'],
  ])('%s', async (_case, settings, demand, authenticator, code) => {
    const verdict = await Promise.resolve().then(() => guardOf(settings, { users: authenticator }).under(demand).admit(exchangeWith())).catch((error: unknown) => error);
    expect(verdict instanceof Problem ? verdict.type.code : verdict).toBe(code);
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
