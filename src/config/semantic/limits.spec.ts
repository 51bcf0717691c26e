import { ConfigFolder, valid } from '../config.fixture.js';

const ROUTE = (limit: string, more = ''): string => `routes: { r: { match: { path: /r }, to: echo, limit: ${limit}${more} } }`;
const PUBLIC = ', authenticate: none';

async function check(text: string): Promise<readonly string[]> {
  using folder = new ConfigFolder({ 'gateway.yaml': valid(text) });
  return await folder.mistakes();
}

describe('limits', () => {
  it.each<[string, string, string]>([
    ['no rate', ROUTE('often'), 'routes.r.limit: expected a rate such as 5/s, 100/min or 1000/h, got "often"'],
    ['a rate without a time', ROUTE('{ rate: 100 }'), 'routes.r.limit.rate: expected a rate such as 5/s, 100/min or 1000/h'],
    ['a unit that is none', ROUTE('100/fortnight'), 'routes.r.limit: expected'],
    ['a unit that is none, in a limit', ROUTE('{ rate: 100/fortnight }'), 'routes.r.limit.rate: expected a rate such as 5/s'],
    ['a month of a bucket', ROUTE('{ rate: 100/month }'), 'routes.r.limit.rate: expected a rate such as 5/s'],
    ['an odd period of a quota', ROUTE('{ use: quota, rate: 100/min }'), 'routes.r.limit.rate: expected a quota such as 1000/day or 20000/month (hour, day, week, month)'],
    ['nothing at all', ROUTE('{ by: ip }'), 'routes.r.limit.rate: '],
    ['an unknown key', ROUTE('{ rate: 1/s, brust: 3 }'), 'routes.r.limit.brust: unknown key. Did you mean "burst"?'],
    ['an unknown way to count', ROUTE('{ rate: 1/s, use: leaky-bucket }'), 'routes.r.limit.use: expected "token-bucket", "sliding-window", "fixed-window" or "quota"'],
    ['the burst of a quota', ROUTE('{ use: quota, rate: 1/day, burst: 3 }'), 'routes.r.limit.burst: only a token bucket has a burst; `use` is quota'],
    ['the burst of a window', ROUTE('{ use: fixed-window, rate: 1/s, initial: 0 }'), 'routes.r.limit.initial: only a token bucket has tokens to begin with; `use` is fixed-window'],
    ['the zone of a bucket', ROUTE('{ rate: 1/s, zone: UTC }'), 'routes.r.limit.zone: only a quota follows a calendar; `use` is token-bucket'],
    ['a zone that is none', ROUTE('{ use: quota, rate: 1/day, zone: Europe/Atlantis }'), 'routes.r.limit.zone: expected a time zone such as UTC or Europe/Paris'],
    ['more to begin with than there can be', ROUTE('{ rate: 10/s, burst: 5, initial: 6 }'), 'routes.r.limit.initial: expected at most 5, which is all the bucket holds'],
    ['a cost that nobody can pay', ROUTE('{ rate: 10/s, burst: 5, cost: 6 }'), 'routes.r.limit.cost: a request would cost 6, but there are never more than 5'],
    ['the rate of a role', ROUTE('{ rate: 1/s, roles: { admin: lots } }'), 'routes.r.limit.roles.admin: expected a rate such as 5/s, 100/min or 1000/h, got "lots"'],
    ['the period of a role', ROUTE('{ use: quota, rate: 1/day, roles: { admin: 5/s } }'), 'routes.r.limit.roles: expected a quota such as'],
    ['users before authentication', ROUTE('{ rate: 1/s, early: on, by: user }'), 'routes.r.limit.by: before authentication there is no user to count by; take out `early`'],
    ['roles before authentication', ROUTE('{ rate: 1/s, early: on, by: ip, roles: { admin: off } }'), 'routes.r.limit.roles: before authentication nobody has a role'],
    ['callers exempt before authentication', ROUTE('{ rate: 1/s, early: on, exempt: { users: [ada] } }'), 'routes.r.limit.exempt: before authentication only addresses are known'],
    ['a network that is none', ROUTE('{ rate: 1/s, exempt: { ips: [10.0.0.0/33] } }'), 'routes.r.limit.exempt.ips[0]: expected an address, a network such as 10.0.0.0/8'],
    ['more to begin with than the rate and its burst', ROUTE('{ rate: 10/s, burst: "+5", initial: 16 }'), 'routes.r.limit.initial: expected at most 15, which is all the bucket holds'],
    ['a burst of neither kind', ROUTE('{ rate: 10/s, burst: "20 more" }'), 'routes.r.limit.burst: expected'],
    ['in a list', ROUTE('[1/s, { use: fixed-window, rate: 1/s, burst: 2 }]'), 'routes.r.limit[1].burst: only a token bucket has a burst'],
    ['users of a public route', ROUTE('{ rate: 1/s, by: [ip, user] }', PUBLIC), 'routes.r.limit.by: `authenticate` is `none` here, so there is no user to count by'],
    ['roles on a public route', ROUTE('[1/s, { rate: 1/s, roles: { admin: off } }]', PUBLIC), 'routes.r.limit[1].roles: `authenticate` is `none` here, so nobody has a role'],
    ['callers exempt on a public route', ROUTE('{ rate: 1/s, exempt: { roles: [admin] } }', PUBLIC), 'routes.r.limit.exempt: `authenticate` is `none` here, so only addresses are known'],
    ['a role that is not known', `roles: { known: [admin] }\n${ROUTE('{ rate: 1/s, roles: { admn: off } }')}`, 'routes.r.limit.roles.admn: there is no role "admn". Did you mean "admin"?'],
    ['an exempt role that is not known', `roles: { known: [admin] }\n${ROUTE('{ rate: 1/s, exempt: { roles: [x] } }')}`, 'routes.r.limit.exempt.roles.x: there is no role "x"'],
    ['two of a name', ROUTE('[{ rate: 1/s, name: a }, { rate: 2/s, name: a }]'), 'routes.r.limit[1].name: there is another limit "a" on this route'],
    ['a share that shares nothing', `routes:\n  a: { match: { path: /a }, to: echo, limit: { rate: 1/s, share: x } }\n  b: { match: { path: /b }, to: echo, authenticate: none, limit: { rate: 1/s, share: x } }`, 'routes.b.limit.share: "x" is counted by ["ip"] here and by ["user"] at routes.a, which share nothing'],
    ['limits that are none', ROUTE('[]'), 'routes.r.limit: expected at least one limit; `off` is none'],
    ['a key of nothing', ROUTE('{ rate: 1/s, by: [] }'), 'routes.r.limit.by: expected at least one; all requests count together with `route`'],
    ['in an endpoint', 'endpoints: { info: { limit: { rate: 1/s, by: key } } }', 'endpoints.info.limit.by: `authenticate` is `none` here, so there is no key to count by'],
    ['headers', ROUTE('1/s', ', limitHeaders: { x: utc }'), 'routes.r.limitHeaders.x: expected "off", "delta" or "unix"'],
    ['a prefix', 'limits: { ipv6Prefix: 200 }', 'limits.ipv6Prefix: expected a number of at most 128'],
  ])('says what is wrong with %s', async (_name, text, expected) => {
    expect(await check(text)).toContainEqual(expect.stringContaining(expected));
  });

  it.each<[string, string]>([
    ['every short form', ROUTE('[5/s, 100 per minute, { rate: 1000/h }, { use: quota, rate: 20000/month, zone: Europe/Paris }]')],
    ['off', ROUTE('off')],
    ['all there is', ROUTE('{ use: token-bucket, rate: 100/min, burst: 20, initial: 0, by: [ip, user, { header: X-A }, { body: email }], name: a, share: b, roles: { admin: off, bot: 10/s }, cost: 2, exempt: { ips: [loopback, "::1", 10.0.0.0/8], users: [a], roles: [b] }, shadow: on, counts: { status: [401, 500-599] }, away: deny }')],
    ['a burst above the rate', ROUTE('{ rate: 10/s, burst: "+20", initial: 30, cost: 30 }')],
    ['what defaults say of callers, on a public route', `defaults: { limit: { rate: 1/s, by: user, roles: { admin: off } } }\n${ROUTE('{ cost: 1 }', PUBLIC)}`],
    ['another rate over the one of defaults', `defaults: { limit: { rate: 1/s, by: user } }\n${ROUTE('{ rate: 2/s }')}`],
    ['a list over a map', `defaults: { limit: { rate: 1/s, by: user } }\n${ROUTE('[2/s]')}`],
    ['another way to count over one with a burst', `defaults: { limit: { use: token-bucket, rate: 1/s, burst: 5 } }\n${ROUTE('{ use: quota, rate: 1/day }')}`],
  ])('takes %s', async (_name, text) => {
    expect(await check(text)).toEqual([]);
  });

  it('inherits by key', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`defaults: { limit: { rate: 1/s, burst: 5, by: ip } }\n${ROUTE('{ rate: 2/s }')}`) });
    expect((await folder.load()).config.routes['r']?.limit).toMatchObject({ use: 'token-bucket', rate: '2/s', burst: 5, by: ['ip'] });
  });
});
