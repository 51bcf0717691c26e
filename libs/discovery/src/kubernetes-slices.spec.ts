import { parseChange, parsePage } from './kubernetes-slices.js';
import { sliceJson } from './kubernetes.fixture.js';

const list = (items: unknown, metadata: unknown = { resourceVersion: '12' }): string => JSON.stringify({ kind: 'EndpointSliceList', metadata, items });
const event = (type: string, object: unknown): string => JSON.stringify({ type, object });

describe('parsePage', () => {
  it('takes what counts of a slice', () => {
    const endpoints = [{ addresses: ['10.0.0.1', '10.9.9.9'], conditions: { ready: false, serving: true, terminating: true }, zone: 'eu-1', nodeName: 'n1', targetRef: { kind: 'Pod' } }];
    expect(parsePage(list([sliceJson('users-a', { endpoints })]))).toEqual({
      version: '12', next: '',
      slices: [{
        name: 'users-a', version: '7', family: 'IPv4', ports: [{ name: 'http', port: 8080 }],
        endpoints: [{ address: '10.0.0.1', ready: false, serving: true, terminating: true, zone: 'eu-1' }],
      }],
    });
  });

  it.each<[string, unknown, [boolean, boolean, boolean]]>([
    ['no conditions', undefined, [true, true, false]],
    ['null', { ready: null, serving: null, terminating: null }, [true, true, false]],
    ['not ready, and nothing else', { ready: false }, [false, false, false]],
    ['not ready, but serving', { ready: false, serving: true, terminating: true }, [false, true, true]],
  ])('conditions: %s', (_, conditions, expected) => {
    const [slice] = parsePage(list([sliceJson('a', { endpoints: [{ addresses: ['10.0.0.1'], conditions }] })])).slices;
    expect(slice?.endpoints.map(({ ready, serving, terminating }) => [ready, serving, terminating])).toEqual([expected]);
  });

  it.each<[string, unknown, unknown[]]>([
    ['a placeholder has none', null, []],
    ['without a name', [{ port: 80 }], [{ name: '', port: 80 }]],
    ['only TCP', [{ name: 'dns', port: 53, protocol: 'UDP' }, { name: 'http', port: 80, protocol: 'TCP' }], [{ name: 'http', port: 80 }]],
    ['one that is not said', [{ name: 'any', port: null }], []],
  ])('ports: %s', (_, ports, expected) => expect(parsePage(list([sliceJson('a', { ports })])).slices[0]?.ports).toEqual(expected));

  it('has a next page where the server says so, and may be empty', () => {
    expect(parsePage(list(null, { resourceVersion: '12', continue: 'abc' }))).toEqual({ version: '12', next: 'abc', slices: [] });
  });

  it.each([
    ['no JSON', '<html>'], ['no list', '{}'], ['no version', list([], {})], ['an odd port', list([sliceJson('a', { ports: [{ port: 70_000 }] })])],
    ['an endpoint without address', list([sliceJson('a', { endpoints: [{ addresses: [] }] })])],
  ])('refuses %s', (_, text) => expect(() => parsePage(text)).toThrow('no list of EndpointSlices'));
});

describe('parseChange', () => {
  it.each([['ADDED', 'put'], ['MODIFIED', 'put'], ['DELETED', 'delete']])('%s', (type, expected) => {
    expect(parseChange(event(type, sliceJson('users-a')))).toMatchObject({ type: expected, slice: { name: 'users-a', version: '7' } });
  });

  it('BOOKMARK', () => {
    expect(parseChange(event('BOOKMARK', { metadata: { resourceVersion: '99', creationTimestamp: null }, endpoints: null }))).toEqual({ type: 'bookmark', version: '99' });
  });

  it.each([
    ['ERROR', event('ERROR', { kind: 'Status', code: 410 })], ['an unknown type', event('MOVED', sliceJson('a'))], ['no JSON', '{"type":'],
    ['no slice', event('ADDED', { metadata: {} })], ['a bookmark without version', event('BOOKMARK', {})], ['null', 'null'],
  ])('refuses %s', (_, line) => expect(() => parseChange(line)).toThrow());
});
