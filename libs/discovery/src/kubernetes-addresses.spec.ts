import { whereaboutsOf } from './kubernetes-addresses.js';
import { kubernetesOptions } from './kubernetes-options.js';
import { parsePage, type Slice } from './kubernetes-slices.js';
import { sliceJson } from './kubernetes.fixture.js';

type Conditions = { ready?: boolean | null; serving?: boolean | null; terminating?: boolean | null };
const pod = (address: string, conditions: Conditions = { ready: true }, zone?: string) => ({ addresses: [address], conditions, zone });
const slices = (...each: Record<string, unknown>[]): readonly Slice[] => parsePage(JSON.stringify({
  metadata: { resourceVersion: '1' }, items: each.map((more, index) => sliceJson(`users-${index}`, more)),
})).slices;
const locate = (all: readonly Slice[], options: Record<string, unknown> = {}) => whereaboutsOf(all, kubernetesOptions.parse({ service: 'users', ...options }));
const urls = (...found: Parameters<typeof locate>): unknown => {
  const whereabouts = locate(...found);
  return 'why' in whereabouts ? whereabouts.why : whereabouts.addresses.map(({ url }) => url);
};

const STARTING: Conditions = { ready: false, serving: false, terminating: false };
const DRAINING: Conditions = { ready: false, serving: true, terminating: true };
const DEAD: Conditions = { ready: false, serving: false, terminating: true };

describe('whereaboutsOf', () => {
  it('makes targets of all slices, with their zones', () => {
    const all = slices({ endpoints: [pod('10.0.0.1', {}, 'eu-1'), pod('10.0.0.2', { ready: null }, 'eu-2')] }, { endpoints: [pod('10.0.0.3')] });
    expect(locate(all)).toEqual({ addresses: [
      { url: 'http://10.0.0.1:8080', weight: 1, zone: 'eu-1', priority: 0 },
      { url: 'http://10.0.0.2:8080', weight: 1, zone: 'eu-2', priority: 0 },
      { url: 'http://10.0.0.3:8080', weight: 1, zone: '', priority: 0 },
    ] });
    expect(urls(all.slice(1), { scheme: 'https', path: '/v1' })).toEqual(['https://10.0.0.3:8080/v1']);
  });

  it.each<[string, [string, Conditions][], boolean, string[]]>([
    ['who is not ready is left out', [['10.0.0.1', STARTING], ['10.0.0.2', {}]], false, ['10.0.0.2']],
    ['unless they are wanted', [['10.0.0.1', STARTING], ['10.0.0.2', {}]], true, ['10.0.0.1', '10.0.0.2']],
    ['who ends leaves at once', [['10.0.0.1', DRAINING], ['10.0.0.2', {}]], false, ['10.0.0.2']],
    ['also where unready ones are wanted', [['10.0.0.1', DRAINING], ['10.0.0.2', STARTING]], true, ['10.0.0.2']],
    ['and where readiness is overridden', [['10.0.0.1', { ready: true, terminating: true }], ['10.0.0.2', {}]], false, ['10.0.0.2']],
    ['when all end, those that serve go on', [['10.0.0.1', DRAINING], ['10.0.0.2', DEAD]], false, ['10.0.0.1']],
    ['also when the next is not ready yet', [['10.0.0.1', DRAINING], ['10.0.0.2', STARTING]], false, ['10.0.0.1']],
    ['nobody', [['10.0.0.1', DEAD], ['10.0.0.2', STARTING]], false, []],
  ])('%s', (_, pods, unready, expected) => {
    const all = slices({ endpoints: pods.map(([address, conditions]) => pod(address, conditions)) });
    expect(urls(all, { unready })).toEqual(expected.map((address) => `http://${address}:8080`));
  });

  const v4 = { endpoints: [pod('10.0.0.1')] };
  const v6 = { addressType: 'IPv6', endpoints: [pod('fd00::1')] };
  it.each<[string, Record<string, unknown>[], string[]]>([
    ['IPv4 where there are both', [v6, v4], ['http://10.0.0.1:8080']],
    ['IPv6 where there is nothing else', [v6], ['http://[fd00::1]:8080']],
    ['IPv6 beside an empty slice', [v6, { endpoints: [] }], ['http://[fd00::1]:8080']],
    ['no names', [{ addressType: 'FQDN', endpoints: [pod('users.example')] }], []],
    ['nothing that is no address', [{ endpoints: [pod('10.0.0.1@evil/'), pod('evil.example'), pod('10.0.0.9')] }], ['http://10.0.0.9:8080']],
    ['no link-local address with a scope', [{ addressType: 'IPv6', endpoints: [pod('fe80::1%eth0')] }], []],
  ])('families: %s', (_, each, expected) => expect(urls(slices(...each))).toEqual(expected));

  it.each<[string, Conditions, Conditions, string[]]>([
    ['ready in one is ready', STARTING, {}, ['http://10.0.0.1:8080', 'http://10.0.0.2:8080']],
    ['ending in one is ending', {}, DEAD, ['http://10.0.0.2:8080']],
  ])('a pod in two slices is one target: %s', (_, one, other, expected) => {
    const slice = (conditions: Conditions) => ({ endpoints: [pod('10.0.0.1', conditions), pod('10.0.0.2')] });
    expect(urls(slices(slice(one), slice(other)))).toEqual(expected);
    expect(urls(slices(slice(other), slice(one)))).toEqual(expected);
  });

  it('no slices, or only placeholders, are an answer', () => {
    expect(urls([])).toEqual([]);
    expect(urls(slices({ endpoints: null, ports: null }), { port: 'http' })).toEqual([]);
  });

  it('more pods than make sense are a reason', () => {
    const crowd = (third: number) => ({ endpoints: Array.from({ length: 5_001 }, (__, index) => pod(`10.${third}.${index >> 8}.${index & 255}`)) });
    expect(urls(slices(crowd(0), crowd(1)))).toBe('the Service users has more than 10000 endpoints');
  });
});

describe('the port', () => {
  const two = { ports: [{ name: 'http', port: 8080 }, { name: 'metrics', port: 9090 }] };
  it.each<[string, Record<string, unknown>[], number | string | undefined, unknown]>([
    ['is the only one', [{}], undefined, ['http://10.0.0.1:8080']],
    ['is the only one, without a name', [{ ports: [{ name: '', port: 81 }] }], undefined, ['http://10.0.0.1:81']],
    ['is the only TCP one', [{ ports: [{ name: 'a', port: 53, protocol: 'UDP' }, { name: 'b', port: 54 }] }], undefined, ['http://10.0.0.1:54']],
    ['has to be chosen', [two], undefined, 'the Service users has several ports, choose one with `port`: http (8080), metrics (9090)'],
    ['by name', [two], 'metrics', ['http://10.0.0.1:9090']],
    ['by number', [two], 9090, ['http://10.0.0.1:9090']],
    ['by a number in text', [two], '9090', ['http://10.0.0.1:9090']],
    ['has another number in another slice', [{}, { ports: [{ name: 'http', port: 9 }], endpoints: [pod('10.0.0.2')] }], undefined, ['http://10.0.0.1:8080', 'http://10.0.0.2:9']],
    ['is missing from a slice', [two, { ports: [{ name: 'http', port: 1 }], endpoints: [pod('10.0.0.2')] }], 'metrics', ['http://10.0.0.1:9090']],
    ['is not there', [two], 'grpc', 'the Service users has no TCP port grpc; there are: http (8080), metrics (9090)'],
    ['is not there at all', [{ ports: [] }], undefined, 'the Service users has no TCP port; there are: none'],
  ])('%s', (_, each, port, expected) => expect(urls(slices(...each), port === undefined ? {} : { port })).toEqual(expected));
});
