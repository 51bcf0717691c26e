import { addressesIn } from './consul-instances.js';

const ALL = { passing: true, scheme: 'http', path: '', zone: 'zone' } as const;

interface Instance {
  readonly node?: Record<string, unknown>;
  readonly service?: Record<string, unknown>;
  readonly checks?: readonly string[];
}

const entry = ({ node = {}, service = {}, checks = ['passing'] }: Instance) => ({
  Node: { Node: 'n', Address: '10.0.0.1', Datacenter: 'dc1', Meta: null, ...node },
  Service: { ID: 's', Service: 's', Address: '', Port: 80, Meta: null, Weights: { Passing: 1, Warning: 1 }, ...service },
  Checks: checks.map((Status) => ({ Status })),
});

const read = (instances: readonly Instance[], choice: Partial<Parameters<typeof addressesIn>[1]> = {}) => addressesIn(JSON.stringify(instances.map(entry)), { ...ALL, ...choice });

describe('an instance of Consul', () => {
  it.each<[string, Instance, Parameters<typeof read>[1], string]>([
    ['the address of its machine', {}, {}, 'http://10.0.0.1:80'],
    ['its own address', { service: { Address: '10.0.0.2' } }, {}, 'http://10.0.0.2:80'],
    ['its own name', { service: { Address: 'Instance-1.example.test' } }, {}, 'http://Instance-1.example.test:80'],
    ['an IPv6 address', { service: { Address: 'fd00::1' } }, {}, 'http://[fd00::1]:80'],
    ['no port', { service: { Port: 0 } }, {}, 'http://10.0.0.1'],
    ['the scheme and the path of the file', {}, { scheme: 'https', path: '/v2' }, 'https://10.0.0.1:80/v2'],
    ['a scheme and a path of its own', { service: { Meta: { scheme: 'https', path: '/own' } } }, { path: '/v2' }, 'https://10.0.0.1:80/own'],
    ['a scheme and a path that make no sense', { service: { Meta: { scheme: 'grpc', path: 'own?a' } } }, {}, 'http://10.0.0.1:80'],
  ])('with %s', (_what, instance, choice, url) => {
    expect(read([instance], choice)).toEqual([{ url, weight: 1, zone: '', priority: 0 }]);
  });

  it.each<[Instance, Parameters<typeof read>[1], Record<string, unknown>]>([
    [{ service: { Meta: { zone: 'a' } }, node: { Meta: { zone: 'b' } } }, {}, { zone: 'a' }],
    [{ node: { Meta: { zone: 'b' } } }, {}, { zone: 'b' }],
    [{ node: { Meta: { rack: 'r1' } } }, { zone: 'rack' }, { zone: 'r1' }],
    [{}, { zone: 'datacenter' }, { zone: 'dc1' }],
    [{ service: { Meta: { priority: '2' } } }, {}, { priority: 2 }],
    [{ service: { Meta: { priority: '-1' } } }, {}, { priority: 0 }],
    [{ service: { Weights: { Passing: 5, Warning: 2 } } }, {}, { weight: 5 }],
    [{ service: { Weights: { Passing: 5, Warning: 2 } }, checks: ['passing', 'warning'] }, { passing: false }, { weight: 2 }],
    [{ service: { Weights: null } }, {}, { weight: 1 }],
    [{ checks: [] }, {}, { weight: 1 }],
  ])('%j with %j is %j', (instance, choice, expected) => {
    expect(read([instance], choice)).toEqual([expect.objectContaining(expected)]);
  });

  it.each<[Instance, Parameters<typeof read>[1]]>([
    [{ checks: ['passing', 'warning'] }, {}],
    [{ checks: ['passing', 'critical'] }, { passing: false }],
    [{ checks: ['maintenance'] }, { passing: false }],
    [{ service: { Weights: { Passing: 5, Warning: 0 } }, checks: ['warning'] }, { passing: false }],
  ])('%j with %j gets nothing', (instance, choice) => {
    expect(read([instance], choice)).toEqual([]);
  });

  it.each(['evil.example.test/path?', 'a@b', 'fe80::1%eth0', '', '-', '300.1.1.1'])('at %p is left out, and an error when there is no other', (Address) => {
    const bad = { node: { Address }, service: { Address } };
    expect(read([bad, {}])).toHaveLength(1);
    expect(() => read([bad])).toThrow('none of the instances in Consul has an address that can be used');
  });
});

it.each([
  ['', 'not JSON'], ['{}', 'makes no sense at'], ['[{}]', 'makes no sense at 0.Node'], ['null', 'makes no sense'],
  [JSON.stringify([entry({ service: { Port: 70_000 } })]), 'makes no sense at 0.Service.Port'],
])('%p is an error', (text, message) => {
  expect(() => addressesIn(text, ALL)).toThrow(message);
});
