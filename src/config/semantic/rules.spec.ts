import { ConfigFolder, valid } from '../config.fixture.js';

const ROUTE = (more = '', path = '"/r/:id"'): string => `routes: { r: { match: { path: ${path} }, to: echo${more === '' ? '' : `, ${more}`} } }`;

async function check(text: string): Promise<readonly string[]> {
  using folder = new ConfigFolder({ 'gateway.yaml': valid(text) });
  return await folder.mistakes();
}

describe('what rules say', () => {
  it.each<[string, string, string]>([
    ['a segment that is none', ROUTE('authorize: { owner: user }'), 'routes.r.authorize.owner: the pattern /r/:id has no segment `:user`, so nobody could be its owner'],
    ['of only one pattern', ROUTE('authorize: { owner: { param: id, claim: x } }', '["/r/:id", "/s"]'), 'routes.r.authorize.owner: the pattern /s has no segment `:id`'],
    ['in an alternative', ROUTE('authorize: { anyOf: [{ roles: [a] }, { owner: user }] }'), 'routes.r.authorize.anyOf[1].owner: the pattern'],
    ['of a method', ROUTE('authorize: { methods: { PUT: { owner: user } } }'), 'routes.r.authorize.methods.PUT.owner: the pattern'],
    ['what ** matches', ROUTE('authorize: { owner: rest }', '"/r/**"'), 'routes.r.authorize.owner: the pattern /r/** has no segment'],
    ['through a policy', `policies: { own: { authorize: { owner: user } } }\n${ROUTE('use: own')}`, 'routes.r.authorize.owner: the pattern'],
    ['an alternative that asks for nothing', ROUTE('authorize: { anyOf: [{ owner: id }, {}] }'), 'routes.r.authorize.anyOf[1]: expected at least one of roles, permissions, scopes, owner'],
    ['no alternative', ROUTE('authorize: { anyOf: [] }'), 'routes.r.authorize.anyOf: expected at least one alternative'],
    ['a method in two rules', ROUTE('authorize: { methods: { "GET,POST": any, POST: deny } }'), 'POST has a rule already, at "GET,POST"'],
    ['a method that is none', ROUTE('authorize: { methods: { get: any } }'), 'expected methods such as GET'],
    ['a role of a method that is not known', `roles: { known: [admin] }\n${ROUTE('authorize: { methods: { PUT: { roles: [admn] } } }')}`, 'routes.r.authorize.methods.PUT.roles: there is no role "admn". Did you mean "admin"?'],
    ['a role of an alternative that is not known', `roles: { known: [admin] }\n${ROUTE('authorize: { anyOf: [{ roles: { all: x } }] }')}`, 'routes.r.authorize.anyOf[0].roles.all: there is no role "x"'],
    ['permissions of a role that is not known', 'roles: { known: [admin], permissions: { amdin: [x] } }', 'roles.permissions.amdin: there is no role "amdin". Did you mean "admin"?'],
    ['a wildcard in the middle', 'roles: { permissions: { admin: ["a:*:b"] } }', 'roles.permissions.admin[0]: expected a permission such as grades:write, with `*` at its end at most'],
    ['an authenticator of any that is none', ROUTE('authenticate: { any: user, optional: on }'), 'routes.r.authenticate.any: there is no authenticator "user". Did you mean "users"?'],
    ['one of all', ROUTE('authenticate: { all: [users, keys] }'), 'routes.r.authenticate.all[1]: there is no authenticator "keys"'],
    ['a key that is none', ROUTE('authenticate: { every: users }'), 'routes.r.authenticate.every: unknown'],
  ])('%s', async (_name, text, expected) => {
    expect(await check(text)).toContainEqual(expect.stringContaining(expected));
  });

  it.each([
    ['every way at once', ROUTE('authenticate: { any: users, optional: on }, authorize: { owner: id, anyOf: [{ roles: a }, { owner: { param: id, claim: org.id } }], methods: { GET: any, "PUT, PATCH": { permissions: { all: [x] } } } }')],
    ['a segment that is called rest', ROUTE('authorize: { owner: rest }', '"/r/:rest"')],
    ['an owner asked by defaults, where there is no such segment', `defaults: { authorize: { owner: id } }\n${ROUTE('', '/s')}`],
    ['wildcards', 'roles: { permissions: { admin: ["*"], teacher: "grades:*, mail" } }'],
  ])('%s is fine', async (_name, text) => {
    expect(await check(text)).toEqual([]);
  });
});

describe('what is left open', () => {
  it.each<[string, unknown]>([
    ['authenticate: { optional: on }', { any: ['users'], optional: true }],
    ['authenticate: { all: users }', { all: ['users'], optional: false }],
    ['', ['users']],
  ])('%j becomes %j', async (settings, expected) => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(ROUTE(settings)) });
    const { config } = await folder.load();
    expect(config.routes['r']?.authenticate).toEqual(expected);
  });

  it('merges with what it inherits', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`policies: { app: { authenticate: { all: users }, authorize: { methods: { GET: any } } } }\n${ROUTE('use: app, authenticate: { any: users, optional: on }, authorize: { methods: { PUT: deny } }')}`) });
    const { config } = await folder.load();
    expect(config.routes['r']).toMatchObject({ authenticate: { any: ['users'], all: ['users'], optional: true }, authorize: { methods: { GET: 'any', PUT: 'deny' } } });
  });
});
