import { formatIssues } from '../issues.js';
import { ConfigFolder, valid } from '../config.fixture.js';

const ROUTE = (more = ''): string => `routes: { r: { match: { path: "/r/:id" }, to: echo${more === '' ? '' : `, ${more}`} } }`;

async function check(text: string): Promise<readonly string[]> {
  using folder = new ConfigFolder({ 'gateway.yaml': text.startsWith('version: ') ? text : valid(text) });
  return folder.mistakes();
}

describe('what does not agree', () => {
  it.each<[string, string, string]>([
    ['a service that is none', 'routes: { r: { match: { path: /r }, to: ecco } }', '4:41 routes.r.to: there is no service "ecco". Did you mean "echo"? (allowed: echo)'],
    ['a policy that is none', `policies: { staff: {} }\n${ROUTE('use: [stuff]')}`, 'routes.r.use[0]: there is no policy "stuff". Did you mean "staff"? (allowed: staff)'],
    ['an authenticator that is none', ROUTE('authenticate: [user]'), 'routes.r.authenticate[0]: there is no authenticator "user". Did you mean "users"? (allowed: users)'],
    ['in a policy', 'policies: { p: { authenticate: [x] } }', 'policies.p.authenticate[0]: there is no authenticator "x" (allowed: users)'],
    ['in an endpoint', 'endpoints: { metrics: { authenticate: keys } }', 'endpoints.metrics.authenticate: there is no authenticator "keys" (allowed: users)'],
    ['nobody to ask who it is', `version: 1\nservices: { echo: { targets: ["http://a"] } }\n${ROUTE()}`, '3:11 routes.r: nobody could call this: the file has no authenticators.'],
    ['401 with nobody to ask', 'version: 1\nunmatched: { unauthenticated: 401 }', '2:31 unmatched.unauthenticated: 401 needs an authenticator; the file has none'],
    ['a role asked of nobody', ROUTE('authenticate: none, authorize: { roles: [a] }'), 'routes.r.authorize: this would never be checked, for `authenticate` is `none` here'],
    ['a role that is not known', `roles: { known: [admin, teacher] }\n${ROUTE('authorize: { roles: [admn] }')}`, 'routes.r.authorize.roles: there is no role "admn". Did you mean "admin"? (allowed: admin, teacher)'],
    ['a role under all', `roles: { known: [admin] }\n${ROUTE('authorize: { roles: { all: [x] } }')}`, 'routes.r.authorize.roles.all: there is no role "x" (allowed: admin)'],
    ['an alias in a rule', `roles: { known: [teacher], alias: { enseignant: teacher } }\n${ROUTE('authorize: { roles: enseignant }')}`, '"enseignant" is an alias; rules name the role it stands for. Did you mean "teacher"?'],
    ['an alias of nothing', 'roles: { known: [teacher], alias: { enseignant: techer } }', 'roles.alias.enseignant: there is no role "techer". Did you mean "teacher"? (allowed: teacher)'],
    ['an alias of an alias', 'roles: { alias: { a: b, b: c } }', 'roles.alias.a: "b" is an alias itself; name the role it stands for'],
    ['a ladder of unknown roles', 'roles: { known: [admin], implies: { amdin: [admin] } }', 'roles.implies.amdin: there is no role "amdin". Did you mean "admin"? (allowed: admin)'],
    ['a ladder in a circle', 'roles: { implies: { a: [b], b: [c], c: [a] } }', 'roles imply each other in a circle: a > b > c > a'],
    ['a superuser that is unknown', 'roles: { known: [admin], superuser: root }', 'roles.superuser: there is no role "root" (allowed: admin)'],
    ['a parameter that is not captured', ROUTE('path: { template: "/u/{user}" }'), 'routes.r.path.template: "/u/{user}" has the unknown placeholder {user}'],
    ['a parameter of only one pattern', 'routes: { r: { match: { path: ["/a/:id", "/b"] }, to: echo, path: { template: "/{id}" } } }', '(pattern /b)'],
    ['rest without **', ROUTE('path: { template: "/x/{rest}" }'), 'has the unknown placeholder {rest}'],
    ['a placeholder that is none', ROUTE('headers: { request: { set: { x-a: "{principal.name}" } } }'), 'routes.r.headers.request.set.x-a: "{principal.name}" has the unknown placeholder {principal.name}'],
    ['a captured value that is none', ROUTE('query: { set: { q: "{params.ident}" } }'), 'routes.r.query.set.q: "{params.ident}" has the unknown placeholder {params.ident}; captured: id'],
    ['credentials for anybody', ROUTE('cors: { origins: "*", credentials: true }'), 'routes.r.cors.credentials: credentials need origins by name'],
    ['credentials by inheritance', `defaults: { cors: { origins: ["*"] } }\n${ROUTE('cors: { credentials: true }')}`, 'routes.r.cors.credentials: credentials need origins by name'],
    ['an expression that is none', 'routes: { r: { match: { path: /r, headers: { x: { matches: "(" } } }, to: echo } }', 'routes.r.match.headers: the condition on header x is not a regular expression: ('],
    ['a version that is none', `versions: { names: [v1] }\nroutes: { r: { match: { path: /r, version: [v2] }, to: echo } }`, 'routes.r.match.version[0]: "v2" is not among the versions v1'],
    ['versions without names', 'routes: { r: { match: { path: /r, version: v1 }, to: echo } }', 'routes.r.match.version[0]: the file defines no "versions"'],
    ['a pattern that is none', 'routes: { r: { match: { path: "/a/**/b" }, to: echo } }', 'routes.r.match.path[0]: the pattern "/a/**/b" has "**" elsewhere than as its last segment'],
    ['two routes for one request', `routes:\n  a: { match: { path: "/x/:a" }, to: echo }\n  b: { match: { path: "/x/:b" }, to: echo }`, '6:8 routes.b.match: routes "a" and "b" both match GET /x/'],
    ['two endpoints for one request', 'endpoints: { health: { at: /live }, live: { at: /live } }', 'both match GET /live'],
    ['an endpoint that cannot know the service', 'endpoints: { service: { at: /health/one } }', 'endpoints.service.at: /health/one does not say which service: expected a `:service` segment'],
    ['a test of a route that is none', `${ROUTE()}\ntests: [{ request: { url: /r/1 }, expect: { route: rr } }]`, 'tests[0].expect.route: there is no route "rr"'],
    ['a test of a service that is none', 'tests: [{ request: { url: / }, expect: { service: ech } }]', 'tests[0].expect.service: there is no service "ech". Did you mean "echo"?'],
    ['a test of an endpoint that is off', 'endpoints: { docs: off }\ntests: [{ request: { url: /docs }, expect: { endpoint: docs } }]', 'tests[0].expect.endpoint: there is no endpoint "docs"'],
  ])('%s', async (_name, text, expected) => {
    const mistakes = await check(text);
    expect(mistakes).toContainEqual(expect.stringContaining(expected));
  });

  it.each([
    ['two patterns of different methods', 'routes:\n  a: { match: { path: /x, methods: GET }, to: echo }\n  b: { match: { path: /x, methods: POST }, to: echo }'],
    ['a template that fits every pattern', 'routes: { r: { match: { path: ["/a/:id", "/b/:id/**"] }, to: echo, path: { template: "/{id}" } } }'],
    ['roles asked by defaults beside a public route', `defaults: { authorize: { roles: [a] } }\n${ROUTE('authenticate: none')}`],
    ['any origin without credentials', ROUTE('cors: { origins: "*" }')],
  ])('%s are fine', async (_name, text) => {
    expect(await check(text)).toEqual([]);
  });
});

describe('warnings', () => {
  it.each<[string, string, readonly string[]]>([
    ['nothing', ROUTE(), []],
    ['a service, a policy and an authenticator nobody uses', `policies: { p: {} }\n${ROUTE('authenticate: none')}`, ['2:17 authenticate.users: no route uses this', '4:13 policies.p: no route uses this']],
    ['a route behind a built-in endpoint', 'routes: { r: { match: { path: /metrics }, to: echo } }', ['4:31 routes.r.match.path: GET /metrics is answered by the built-in endpoint "metrics"; `endpoints: { metrics: off }` leaves it to this route']],
    ['an error shape for a problem that is none', ROUTE('errors: { only: { unauthenticatd: { status: 401 } } }'), ['4:71 routes.r.errors.only.unauthenticatd: there is no problem "unauthenticatd". Did you mean "unauthenticated"?']],
  ])('%s', async (_name, text, expected) => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(text) });
    const { warnings } = await folder.load({ KEY: 'from-the-environment' });
    expect(formatIssues(warnings).replaceAll(`${folder.path}/gateway.yaml:`, '').split('\n').filter((line) => line !== '')).toEqual(expected);
  });

  it('a secret in the file, also as a default; not one from the environment or a file', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`${ROUTE()}`), key: 'k' });
    const secrets = async (written: string, env: Readonly<Record<string, string>>) => {
      folder.write('gateway.yaml', valid(ROUTE()).replace('"${KEY:-not-a-real-secret}"', written));
      return (await folder.load(env)).warnings.map(({ path }) => path);
    };
    expect(await secrets('plainly-written', {})).toEqual(['authenticate.users.secret']);
    expect(await secrets('"${KEY:-plainly-written}"', {})).toEqual(['authenticate.users.secret']);
    expect(await secrets('"${KEY:-plainly-written}"', { KEY: 'x' })).toEqual([]);
    expect(await secrets('"${file:key}"', {})).toEqual([]);
  });
});
