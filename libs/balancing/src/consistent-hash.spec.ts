import type { Exchange } from '#libs/kernel';
import { seededRandom } from '#libs/testing';
import { exchangeOf, surroundings, target, targetsOf } from './balancing.fixture.js';
import { consistentHash } from './consistent-hash.js';
import { hashText } from './hash.js';

const build = (options: Record<string, unknown>) => consistentHash.create(consistentHash.schema.parse(options), surroundings());
const keys = Array.from({ length: 10_000 }, (_, index) => `tenant-${index}`);
const withKey = (key: string): Exchange => exchangeOf({ headers: { 'x-tenant': key } });
const byTenant = { by: 'header', name: 'X-Tenant' };
// Computed apart; FNV-1a alone of the last two is published: 0xe40c292c, 0xbf9cf968.
const HASHES: [string, number][] = [['', 0xab3e7c0b], ['a', 0x1a80b1b3], ['foobar', 0x0c0da6dc]];

describe('the key', () => {
  it.each<[string, Record<string, string>, Parameters<typeof exchangeOf>[0], Parameters<typeof exchangeOf>[0]]>([
    ['client', {}, { client: '198.51.100.1', path: '/a' }, { client: '198.51.100.1', path: '/b' }],
    ['user', {}, { user: '7', client: 'a' }, { user: '7', client: 'b' }],
    ['path', {}, { path: '/a', client: 'a' }, { path: '/a', client: 'b' }],
    ['header', { name: 'X-Tenant' }, { headers: { 'x-tenant': 't' } }, { headers: { 'x-tenant': 't', 'cookie': 'a=b' }, client: 'b' }],
    ['cookie', { name: 'sid' }, { headers: { cookie: 'sid=abc' } }, { headers: { cookie: 'xsid=1; a=sid=2;  sid=abc ; b=1' } }],
  ])('by %s %j is the same for two such requests', (by, options, one, other) => {
    const balancer = build({ by, ...options, load: 'off' });
    // Other names of targets for each round: equal by accident would be equal every time.
    for (let round = 0; round < 20; round++) {
      const targets = Array.from({ length: 8 }, (_, index) => target(`r${round}-${index}`));
      expect(balancer.pick(targets, exchangeOf(one))).toBe(balancer.pick(targets, exchangeOf(other)));
    }
  });

  it.each<[string, Record<string, string>, Parameters<typeof exchangeOf>[0]]>([
    ['client', {}, { client: '' }],
    ['user', {}, {}],
    ['header', { name: 'X-Tenant' }, { headers: { 'x-other': 't' } }],
    ['header', { name: 'X-Tenant' }, { headers: { 'x-tenant': '' } }],
    ['cookie', { name: 'sid' }, {}],
    ['cookie', { name: 'sid' }, { headers: { cookie: 'xsid=1; side=2; a=sid' } }],
    ['cookie', { name: 'sid' }, { headers: { cookie: 'sid=; a=b' } }],
  ])('by %s %j is missing in %j: any target, by weight', (by, options, given) => {
    const targets = targetsOf(2, (index) => index * 2 + 1);
    const balancer = build({ by, ...options });
    const heavy = Array.from({ length: 4_000 }, () => balancer.pick(targets, exchangeOf(given))).filter((picked) => picked === targets[1]).length;
    expect(Math.abs(heavy / 4_000 - 0.75)).toBeLessThan(0.03);
  });
});

describe('stability', () => {
  it.each([[[1, 1, 1, 1, 1]], [[1, 2, 3, 4, 5]]])('when a target of weights %j leaves, only its keys move, to all others by weight', (weights) => {
    const targets = targetsOf(5, (index) => weights[index] as number);
    const balancer = build({ ...byTenant, load: 'off' });
    const before = keys.map((key) => balancer.pick(targets, withKey(key)));
    const left = targets.filter((one) => one !== targets[2]);
    const after = keys.map((key) => balancer.pick(left, withKey(key)));
    const moved = keys.flatMap((_, index) => (before[index] === after[index] ? [] : [index]));
    expect(moved.every((index) => before[index] === targets[2])).toBe(true);
    expect(moved).toHaveLength(before.filter((one) => one === targets[2]).length);
    const rest = left.reduce((sum, { weight }) => sum + weight, 0);
    for (const one of left) {
      const got = moved.filter((index) => after[index] === one).length / moved.length;
      expect(Math.abs(got - one.weight / rest)).toBeLessThan(0.05);
    }
  });

  it('does not depend on the order of the targets, nor on the process', () => {
    const targets = targetsOf(6);
    const [one, other] = [build({ ...byTenant, load: 'off' }), build({ ...byTenant, load: 'off' })];
    const reversed = targets.toReversed().map(({ url }) => target(url.hostname));
    for (const key of keys.slice(0, 500)) expect(one.pick(targets, withKey(key)).url.href).toBe(other.pick(reversed, withKey(key)).url.href);
  });

  it.each<[string, number]>(HASHES)('hashes %j as FNV-1a and fmix32 do', (text, expected) => {
    expect(hashText(text)).toBe(expected);
    expect(hashText(`x${text}y`, 1, text.length + 1)).toBe(expected);
  });
});

describe('bounded load', () => {
  it.each([[1, [1, 1, 1, 1]], [1.25, [1, 1, 1, 1]], [2, [1, 1, 1, 1]], [1.25, [1, 2, 4, 9]]])('load %d with weights %j: one busy key fills no target over its bound', (load, weights) => {
    const targets = targetsOf(4, (index) => weights[index] as number);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const balancer = build({ ...byTenant, load });
    for (let under = 0; under < 400; under++) {
      const picked = balancer.pick(targets, withKey('busy'));
      picked.inFlight++;
      expect(picked.inFlight).toBeLessThanOrEqual(Math.ceil((load * (under + 1) * picked.weight) / total));
    }
  });

  it('over it the next of the key takes the request, and the first again when it has room', () => {
    const targets = targetsOf(4);
    const balancer = build(byTenant);
    const first = balancer.pick(targets, withKey('acme'));
    const next = balancer.pick(targets.filter((one) => one !== first), withKey('acme'));
    for (const one of targets) one.inFlight = 10;
    first.inFlight = 15;
    expect(balancer.pick(targets, withKey('acme'))).toBe(next);
    first.inFlight = 12;
    expect(balancer.pick(targets, withKey('acme'))).toBe(first);
  });

  it('off: the target of a key takes all of it', () => {
    const targets = targetsOf(4);
    const balancer = build({ ...byTenant, load: 'off' });
    const first = balancer.pick(targets, withKey('acme'));
    first.inFlight = 10_000;
    expect(balancer.pick(targets, withKey('acme'))).toBe(first);
  });

  it('always finds one, whatever is under way', () => {
    const random = seededRandom(3);
    const targets = targetsOf(5, () => 1 + Math.floor(random() * 9));
    const balancer = build({ ...byTenant, load: 1 });
    for (let round = 0; round < 2_000; round++) {
      for (const one of targets) one.inFlight = Math.floor(random() * 50);
      const picked = balancer.pick(targets, withKey(`k${round}`));
      const [busy, total] = [targets.reduce((sum, { inFlight }) => sum + inFlight, 1), targets.reduce((sum, { weight }) => sum + weight, 0)];
      expect(picked.inFlight).toBeLessThan(Math.ceil((busy * picked.weight) / total));
    }
  });
});

describe('options', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ by: 'header' }, 'expected the name of the header'],
    [{ by: 'cookie' }, 'expected the name of the cookie'],
    [{ by: 'client', name: 'X' }, 'only for `by: header` and `by: cookie`'],
    [{ by: 'header', name: 'a b' }, 'expected a name without spaces or separators'],
  ])('%j: %s', (options, message) => {
    expect(consistentHash.schema.safeParse(options).error?.issues).toMatchObject([{ path: ['name'], message }]);
  });

  it.each([{}, { by: 'planet' }, { by: 'client', load: 0.9 }])('%j is refused', (options) => {
    expect(consistentHash.schema.safeParse(options).success).toBe(false);
  });
});
