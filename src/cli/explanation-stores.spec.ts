import type { RequestExplanation } from '../proxy/explanation.js';
import { configured, ENV, ran } from './io.fixture.js';

const FILE = `version: 1
authenticate:
  users: { use: jwt, secret: "\${JWT_SECRET_KEY}" }
roles: { implies: { admin: [teacher] } }
limits: { ipv6Prefix: 48 }
forwarded: { trust: [loopback] }
services:
  a: { targets: "http://127.0.0.1:1" }
defaults: { authenticate: [users] }
routes:
  plain: { match: { path: /plain }, to: a, limit: 100/min }
  several:
    match: { path: /several }
    to: a
    authorize: { roles: [teacher, student] }
    limit:
      - { use: fixed-window, rate: 5/min, name: login, by: [ip, { body: email }, { header: X-Api-Key }, { header: X-A }], counts: { status: [401, 403] } }
      - { use: quota, rate: 1000/day, by: key, exempt: { users: ["7"] }, shadow: on, share: all, cost: 3 }
      - { rate: 1/s, name: roles, roles: { teacher: 20/s, admin: off, student: 2/s } }
      - { rate: 9/s, early: on, by: ip, exempt: { ips: [10.0.0.0/8] } }
  cached:
    match: { path: /cached }
    to: a
    authenticate: none
    cache: { maxAge: 30s, negative: { 404: 10s }, staleIfError: 5m }
  mine:
    match: { path: /mine }
    to: a
    cache: { maxAge: 30s, collapse: off, clientControl: off, key: { query: [page], headers: [Accept-Language, X-Token], principal: on, host: off }, methods: [GET] }
  shared: { match: { path: /shared }, to: a, cache: on }
  written: { match: { path: /written }, to: a, authenticate: none, method: POST, cache: on }
`;

const sample = configured(FILE);
afterAll(() => sample[Symbol.dispose]());

async function explained(...argv: string[]): Promise<RequestExplanation & { readonly text: string }> {
  const config = ['--config', sample.file];
  const { code, err, json } = await ran(['explain', ...argv, '--json', ...config], ENV);
  expect([code, err]).toEqual([0, '']);
  return { ...json<RequestExplanation>(), text: (await ran(['explain', ...argv, ...config], ENV)).out };
}

const decisions = ({ limits }: RequestExplanation): unknown[] => limits.map(({ decision, why }) => [decision, why]);

describe('explain: what limits make of a request', () => {
  it('tells what each takes, of what, and by what it is counted', async () => {
    const body = ['-d', '{"email":" Ada@b.example"}', '-H', 'Content-Type: application/json', '-H', 'X-Api-Key: sk-very-secret'];
    const { limits, text } = await explained('POST', '/several', '--as', 'role=teacher,id=9', ...body);
    expect(limits).toEqual([
      {
        name: 'login', use: 'fixed-window', rate: '5/min', role: null, cost: 1, decision: 'counts', why: null, share: null, shadow: false, early: false, statuses: [401, 403],
        key: [['ip', '127.0.0.1'], ['body email', ' Ada@b.example'], ['header X-Api-Key', '[redacted]'], ['header X-A', '']],
      },
      { name: '1000/day', use: 'quota', rate: '1000/day', role: null, cost: 3, decision: 'counts', why: null, key: [['key', '9 of users']], share: 'all', shadow: true, early: false, statuses: null },
      { name: 'roles', use: 'token-bucket', rate: '20/s', role: 'teacher', cost: 1, decision: 'counts', why: null, key: [['user', '9']], share: null, shadow: false, early: false, statuses: null },
      { name: '9/s', use: 'token-bucket', rate: '9/s', role: null, cost: 1, decision: 'counts', why: null, key: [['ip', '127.0.0.1']], share: null, shadow: false, early: true, statuses: null },
    ]);
    expect(text).toContain('\nLimits\n  login     takes 1 of 5/min (fixed-window), counted by ip 127.0.0.1, body email  Ada@b.example, header X-Api-Key [redacted], header X-A (absent); given back unless the answer is 401, 403\n');
    expect(text).toContain('\n  1000/day  takes 3 of 1000/day (quota), counted by key 9 of users; together with all that share all; in shadow mode, so it refuses nobody\n');
    expect(text).toContain('\n  roles     takes 1 of 20/s for the role teacher (token-bucket), counted by user 9\n');
    expect(text).not.toContain('sk-very-secret');
  });

  it('tells who is exempt, and why', async () => {
    const explanation = await explained('GET', '/several', '--as', 'role=admin,id=7', '-H', 'X-Forwarded-For: 10.1.2.3');
    expect(decisions(explanation)).toEqual([
      ['counts', null], ['exempt', 'its caller is among `exempt.users`'], ['exempt', 'there is no limit for the role admin'], ['exempt', 'its address is among `exempt.ips`'],
    ]);
    expect(explanation.text).toContain('\n  roles     exempt: there is no limit for the role admin\n');
  });

  it('tells which are asked of a request that is refused', async () => {
    expect(decisions(await explained('GET', '/several', '--as', 'role=nobody'))).toEqual([
      ...Array.from({ length: 3 }, () => ['not asked', 'the request is refused before']), ['counts', null],
    ]);
    expect((await explained('GET', '/none')).limits).toEqual([]);
  });

  it('counts by the network of an address', async () => {
    const { limits } = await explained('GET', '/several', '--as', 'role=student', '-H', 'X-Forwarded-For: 2001:db8:1:2::3');
    expect([limits[0]?.key[0], limits[2]?.rate]).toEqual([['ip', '2001:db8:1:/48'], '2/s']);
  });
});

describe('explain: what the cache makes of a request', () => {
  it('tells by what an answer is known, and how long it is good', async () => {
    const { cache, text } = await explained('GET', 'http://Gw.example:80/cached?b=1');
    expect(cache).toEqual({ decision: 'cached', why: null, key: [['address', 'http://gw.example/cached?b=1']], collapses: true, notes: [] });
    expect(text).toContain([
      '\nCache', 'answered from the cache where it has a fresh answer; what the service answers may be kept',
      'known by  address http://gw.example/cached?b=1',
      'lifetime  as the answer says; where it says nothing, 30s for 200, 203, 300, 301, 308, 10s for 404',
      'stale     off while a newer one is fetched, 5m where the service fails; the answer itself may allow more',
      'Where an identical request is under way, it waits up to 10s for that one’s answer.', '',
    ].join('\n  ').trimEnd());
  });

  it('tells the parts of a key, and no credential', async () => {
    const { cache, text } = await explained('GET', '/mine?page=2&x=1', '--as', 'id=9', '-H', 'X-Token: very-secret', '-H', 'Cache-Control: no-cache');
    expect(cache?.key).toEqual([['address', '/mine'], ['scheme', 'http'], ['query', 'page=2'], ['header Accept-Language', ''], ['header X-Token', '[redacted]'], ['caller', '9 of users']]);
    expect(cache?.notes).toEqual(['What the client wants of the cache does not count (`cache.clientControl: off`).']);
    expect(text).toContain('\n  It waits for no identical request that is under way.\n');
    expect(text).not.toContain('very-secret');
  });

  it.each<[string, string[], string]>([
    ['cookies', ['GET', '/cached', '-H', 'Cookie: a=1'], 'it has cookies (`cache.cookies: refuse`)'],
    ['a method', ['POST', '/cached'], 'POST is never answered from a cache; where it succeeds, what is stored of its address is forgotten'],
    ['a method that is not listed', ['HEAD', '/mine', '--as', 'id=9'], 'HEAD is not among `cache.methods`'],
    ['a method for the service', ['GET', '/written'], 'the service gets it as POST (`method`)'],
    ['a body', ['GET', '/cached', '-d', 'x'], 'it has a body'],
    ['a condition', ['GET', '/cached', '-H', 'If-Match: "a"'], 'If-Match and If-Unmodified-Since are for the service to judge'],
  ])('tells why not: %s', async (_what, argv, why) => {
    const { cache, text } = await explained(...argv);
    expect(cache).toMatchObject({ decision: 'bypass', why });
    expect(text).toContain(`\nCache\n  bypass: ${why}\n`);
  });

  it.each<[string, string[], string[], boolean]>([
    ['an age', ['Cache-Control: max-age=0'], ['The client sets the age of the answer it wants; where no stored one will do, the service is asked.'], false],
    ['a wish of old', ['Pragma: no-cache'], ['The client sets the age of the answer it wants; where no stored one will do, the service is asked.'], false],
    ['the cache or nothing', ['Cache-Control: only-if-cached'], ['The client wants a stored answer or none: 504 `not-cached` where there is none.'], false],
    ['no trace', ['Cache-Control: no-store'], ['The client wants its answer not to be kept (no-store).'], false],
    ['nothing', [], [], true],
  ])('tells what comes of a wish for %s', async (_what, headers, notes, collapses) => {
    const { cache } = await explained('GET', '/cached', ...headers.flatMap((header) => ['-H', header]));
    expect(cache).toMatchObject({ decision: 'cached', notes, collapses });
  });

  it('tells what holds for a caller that has shown who they are', async () => {
    const { cache } = await explained('GET', '/shared', '--as', 'id=9');
    expect(cache?.notes).toEqual(['The caller has shown who they are: what the service answers is kept only if it says `public`, `s-maxage` or `must-revalidate`; with `cache.key.principal: on` it would be kept for them alone.']);
  });

  it('says nothing where there is none, and that it is not asked of what is refused', async () => {
    const { cache, text } = await explained('GET', '/plain', '--as', 'id=9');
    expect(cache).toBeNull();
    expect(text).not.toContain('\nCache\n');
    expect((await explained('GET', '/shared')).cache).toMatchObject({ decision: 'not asked', why: 'the request does not get as far' });
  });
});
