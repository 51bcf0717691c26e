import { formatIssues } from '../issues.js';
import { renderEffective } from '../render.js';
import { ConfigFolder, valid } from '../config.fixture.js';

const ROUTE = (more = ''): string => `routes: { r: { match: { path: "/r/:id" }, to: echo${more === '' ? '' : `, ${more}`} } }`;

async function check(text: string): Promise<readonly string[]> {
  using folder = new ConfigFolder({ 'gateway.yaml': text.startsWith('version: ') ? text : valid(text) });
  return await folder.mistakes();
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
    ['an admin endpoint for everybody', 'endpoints: { admin: { at: /admin } }', 'endpoints.admin: this must say by itself who may call it, such as `authorize: { roles: [admin] }`'],
    ['an admin endpoint by another name', 'defaults: { authorize: { roles: [a] } }\nendpoints: { ops: { serve: admin, at: /ops } }', 'endpoints.ops: this must say by itself who may call it'],
    ['a public admin endpoint', 'endpoints: { admin: { at: /admin, authenticate: none, authorize: any } }', 'endpoints.admin: this must say by itself who may call it'],
    ['an endpoint for plugins where none has controllers', 'endpoints:\n  reports: { serve: plugin, at: /reports }', '5:21 endpoints.reports.serve: no plugin of `server.plugins` exports `controllers`'],
    ['less time for a request than for its header', 'server:\n  timeout: { body: 5s }', '5:20 server.timeout.body: the whole request cannot have less time than its header'],
    ['the same with a longer header', 'server: { timeout: { header: 6m } }', '4:11 server.timeout.body: the whole request cannot have less time than its header'],
    ['a test of a service that is none', 'tests: [{ request: { url: / }, expect: { service: ech } }]', 'tests[0].expect.service: there is no service "ech". Did you mean "echo"?'],
    ['a test of an endpoint that is off', 'endpoints: { docs: off }\ntests: [{ request: { url: /docs }, expect: { endpoint: docs } }]', 'tests[0].expect.endpoint: there is no endpoint "docs"'],
  ])('%s', async (_name, text, expected) => {
    const mistakes = await check(text);
    expect(mistakes).toContainEqual(expect.stringContaining(expected));
  });

  it.each([
    ['two patterns of different methods', 'routes:\n  a: { match: { path: /x, methods: GET }, to: echo }\n  b: { match: { path: /x, methods: POST }, to: echo }'],
    ['a template that fits every pattern', 'routes: { r: { match: { path: ["/a/:id", "/b/:id/**"] }, to: echo, path: { template: "/{id}" } } }'],
    ['any time for a request', 'server: { timeout: { header: 6m, body: off } }'],
    ['roles asked by defaults beside a public route', `defaults: { authorize: { roles: [a] } }\n${ROUTE('authenticate: none')}`],
    ['an admin endpoint for some', 'endpoints: { admin: { at: /admin, authorize: { roles: [admin] } } }'],
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

const SERVICES = 'version: 1\nservices: { echo: { targets: "http://a" }, other: { targets: "http://b" } }\n';
const TO = (more: string, to = 'to: echo, '): string => `${SERVICES}routes: { r: { match: { path: "/r/:id" }, ${to}authenticate: none, ${more} } }`;
const CALL = (call: string, more = ''): string => TO(`aggregate: { calls: { a: { to: other, path: /a }, b: { to: echo, ${call} } }${more} }`, '');

describe('where requests go', () => {
  it.each<[string, string, string]>([
    ['nowhere', TO('', ''), '3:11 routes.r.to: missing; expected the name of a service (or `aggregate` instead)'],
    ['two ways', TO('aggregate: { calls: { a: { to: other, path: /a } } }'), 'routes.r.aggregate: a route has either `to` or `aggregate`'],
    ['a fallback to no service', TO('fallback: [stale, { service: othr }]'), 'routes.r.fallback[1].service: there is no service "othr". Did you mean "other"?'],
    ['a fallback with conditions to no service', TO('fallback: { when: { status: [500-599] }, chain: [{ service: x }] }'), 'routes.r.fallback.chain[0].service: there is no service "x"'],
    ['a fallback to itself', TO('fallback: [{ service: echo }]'), 'routes.r.fallback: the service "echo" cannot stand in for itself'],
    ['a fallback in a policy', `${TO('use: p')}\npolicies: { p: { fallback: [{ service: othr }] } }`, 'policies.p.fallback[0].service: there is no service "othr"'],
    ['a stand-in of two kinds', TO('fallback: [{ service: other, status: 200 }]'), 'routes.r.fallback[0].status: unknown key'],
    ['a word that is no stand-in', TO('fallback: [stael]'), 'routes.r.fallback[0]: expected'],
    ['a header that frames', TO('fallback: [{ headers: { Content-Length: "1" } }]'), 'this one frames the message'],
    ['a file that is not there', TO('fallback: [{ file: none.json }]'), '3:92 routes.r.fallback[0].file: none.json: there is no such file'],
    ['a file that is a folder', TO('fallback: { chain: [{ file: . }] }'), 'routes.r.fallback.chain[0].file: .: this is a directory, expected a file'],
    ['a problem that is none', TO('fallback: { when: { problems: [no-targets] }, chain: [stale] }'), 'routes.r.fallback.when.problems[0]: expected "target-unreachable"'],
    ['a variant to no service', TO('split: { variants: { a: { to: oter, weight: 1 } } }'), 'routes.r.split.variants.a.to: there is no service "oter". Did you mean "other"?'],
    ['weights that are all none', TO('split: { variants: { a: {}, b: { to: other, when: { role: x } } } }'), 'routes.r.split.variants: no variant has a weight'],
    ['a key to split by that is none', TO('split: { by: usr, variants: { a: { weight: 1 } } }'), 'routes.r.split.by: expected user, ip, cookie, random or header:<name>, got "usr"'],
    ['a mirror of nothing', TO('mirror: { to: otehr }'), 'routes.r.mirror.to: there is no service "otehr". Did you mean "other"?'],
    ['a mirror that is the service itself', TO('mirror: { to: echo }'), 'routes.r.mirror.to: the copies would go to the service that gets the live requests'],
    ['a mirror that is a variant', TO('mirror: { to: other }, split: { variants: { a: { weight: 1 }, b: { to: other } } }'), 'routes.r.mirror.to: the copies would go'],
    ['a call of no service', TO('aggregate: { calls: { a: { to: othr, path: /a } } }', ''), 'routes.r.aggregate.calls.a.to: there is no service "othr"'],
    ['no calls', TO('aggregate: { calls: {} }', ''), 'routes.r.aggregate.calls: expected 1 to 32 calls'],
    ['a call named as what is missing', TO('aggregate: { calls: { _missing: { to: echo, path: /a } } }', ''), 'choose another name'],
    ['a path template that names nothing', CALL('path: "/b/{idd}"'), 'routes.r.aggregate.calls.b.path: "/b/{idd}" has the unknown placeholder {idd}'],
    ['a query template that names nothing', CALL('path: /b, query: { q: "{params.idd}" }'), 'routes.r.aggregate.calls.b.query.q: "{params.idd}" has the unknown placeholder'],
    ['a pick that is no path', CALL('path: /b, pick: "a..b"'), 'routes.r.aggregate.calls.b.pick: "a..b" is not a path'],
    ['a body that names no call', CALL('path: /b', ', body: { x: ["{calls.c.name}"] }'), 'routes.r.aggregate.body.x[0]: "{calls.c.name}" has the unknown placeholder {calls.c.name}; allowed: calls.a, calls.b'],
    ['a body that names no parameter', CALL('path: /b', ', body: "{params.no}"'), 'routes.r.aggregate.body: "{params.no}" has the unknown placeholder'],
    ['a split of several calls', `${CALL('path: /b')}\ndefaults: { split: { variants: { a: { weight: 1 } } } }`, 'there is nothing to split'],
  ])('%s', async (_name, text, expected) => {
    expect(await check(text)).toContainEqual(expect.stringContaining(expected));
  });

  it.each([
    ['all of it', TO('fallback: [stale, { service: other }, { status: 503, body: { detail: down } }, { file: gateway.yaml, contentType: text/plain }], mirror: { to: other, sample: 10% }')],
    ['a split back to where it came from', TO('fallback: [{ service: echo }], split: { by: "header:x-user", variants: { a: { weight: 9 }, b: { to: other, weight: 1, when: [{ header: { x-b: [on, "1"] } }, { cookie: { b: true }, role: beta }] } } }')],
    ['calls', CALL('path: "/b/{id}/{principal.id}", query: { q: "{request.query.q}" }, pick: data.items, default: []', ', body: { a: "{calls.a.name}", b: "{calls.b}", gone: "{missing}", who: "{principal.id}", id: "{params.id}" }')],
  ])('%s is fine', async (_name, text) => {
    using folder = new ConfigFolder({ 'gateway.yaml': text });
    const { config, warnings } = await folder.load();
    expect(warnings).toEqual([]);
    folder.write('again.yaml', renderEffective(config, { origins: true }));
    expect((await folder.load({}, 'again.yaml')).config.hash).toBe(config.hash);
  });

  it('reads the files that routes answer with, and sees when they change', async () => {
    const text = TO('fallback: [{ file: down.json }]').replace(', other: { targets: "http://b" }', '');
    using folder = new ConfigFolder({ 'gateway.yaml': text, 'down.json': Buffer.of(0x7b, 0, 0xff) });
    const looked = new Map<string, string>();
    const { config } = await folder.load({}, 'gateway.yaml', looked);
    expect(config.files).toEqual({ 'down.json': Buffer.of(0x7b, 0, 0xff).toString('base64') });
    expect([...looked.keys()]).toContain(folder.at('down.json'));
    folder.write('down.json', '{}');
    expect((await folder.load()).config.hash).not.toBe(config.hash);
    folder.write('down.json', 'x'.repeat(1024 * 1024 + 1));
    expect(await folder.mistakes()).toEqual([expect.stringContaining('routes.r.fallback[0].file: down.json: the file is over 1 MiB')]);
  });
});
