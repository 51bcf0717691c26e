import type { IncomingHttpHeaders } from 'node:http';
import { Exchange, HeaderList, Problem, problems } from '#libs/kernel';
import { compileForwarded, isOwnedHeader, OWNED_HEADERS } from './forwarded.js';
import { compileTrust, resolveClient } from './trusted-proxies.js';

type Setting = Parameters<typeof compileForwarded>[0];
const trust = compileTrust(['10.0.0.0/8']);

function sent(changes: Partial<Setting>, peer: string, headers: IncomingHttpHeaders = {}, start: string[] = []): string[] {
  const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers, rawHeaders: [], startedAt: 0 });
  const believed = resolveClient(peer, headers, trust);
  Object.assign(exchange, { peer, client: believed.client, scheme: believed.scheme ?? 'http', host: believed.host ?? 'gateway.org' });
  const list = new HeaderList([...start]);
  const setting: Setting = { trust: [], send: ['x-forwarded', 'forwarded'], mode: 'append', via: 'off', ...changes };
  compileForwarded(setting, trust)(exchange, list);
  return list.flat;
}

it('tells who asked, for what and how', () => {
  expect(sent({ send: ['x-forwarded', 'forwarded', 'x-real-ip'] }, '198.51.100.1')).toEqual([
    'X-Forwarded-For', '198.51.100.1', 'X-Forwarded-Host', 'gateway.org', 'X-Forwarded-Proto', 'http',
    'Forwarded', 'for=198.51.100.1;host=gateway.org;proto=http', 'X-Real-IP', '198.51.100.1',
  ]);
});

it('quotes an IPv6 client and a host with a port', () => {
  expect(sent({ send: ['forwarded'] }, '2001:db8::1', {}, [])).toEqual(['Forwarded', 'for="[2001:db8::1]";host=gateway.org;proto=http']);
  expect(sent({ send: ['forwarded'] }, '10.0.0.1', { 'x-forwarded-host': 'a.org:80' })[1]).toBe('for=10.0.0.1;host="a.org:80";proto=http');
});

const spoof = { 'x-forwarded-for': '1.1.1.1, 192.0.2.1, 10.0.0.2', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'a.org' };

it.each<[string, Setting['mode'], string, string[]]>([
  ['a stranger’s headers are not repeated', 'append', '198.51.100.1',
    ['X-Forwarded-For', '198.51.100.1', 'X-Forwarded-Host', 'gateway.org', 'X-Forwarded-Proto', 'http', 'Forwarded', 'for=198.51.100.1;host=gateway.org;proto=http']],
  ['a proxy’s are continued, from the client on', 'append', '::ffff:10.0.0.1',
    ['X-Forwarded-For', '192.0.2.1, 10.0.0.2, 10.0.0.1', 'X-Forwarded-Host', 'a.org', 'X-Forwarded-Proto', 'https',
      'Forwarded', 'for=192.0.2.1;host=a.org;proto=https, for=10.0.0.2, for=10.0.0.1']],
  ['replacing tells only the client', 'replace', '10.0.0.1',
    ['X-Forwarded-For', '192.0.2.1', 'X-Forwarded-Host', 'a.org', 'X-Forwarded-Proto', 'https', 'Forwarded', 'for=192.0.2.1;host=a.org;proto=https']],
])('%s', (_, mode, peer, expected) => {
  expect(sent({ mode }, peer, spoof)).toEqual(expected);
});

it('adds itself to Via after the others', () => {
  expect(sent({ send: [], via: 'edge' }, '198.51.100.1', { via: '1.1 proxy' }, ['Via', '1.1 proxy'])).toEqual(['Via', '1.1 proxy', 'Via', '1.1 edge']);
  expect(sent({ send: [], via: 'off' }, '198.51.100.1')).toEqual([]);
});

it.each(['1.0', '1.1', '2'])('says in Via that it was asked over HTTP/%s', (httpVersion) => {
  const exchange = Object.assign(new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 }), { httpVersion });
  const list = new HeaderList([]);
  compileForwarded({ trust: [], send: [], mode: 'append', via: 'edge' }, trust)(exchange, list);
  expect(list.flat).toEqual(['Via', `${httpVersion} edge`]);
});

it.each([
  ['1.1 edge, 1.1 edge, 1.1 edge, 1.1 edge', false],
  ['1.1 edge, 1.1 edge (x), 2 edge, 1.1 edge, HTTP/1.1 edge', true],
  ['1.1 edgex, 1.1 edge.a, 1.1 my edge, 1.1 edge-2, 1.1 edge, 1.1 edge', false],
])('Via: %s is a loop: %s', (via, loop) => {
  const run = () => sent({ via: 'edge' }, '198.51.100.1', { via });
  if (!loop) return expect(run).not.toThrow();
  try {
    run();
  } catch (error) {
    return expect((error as Problem).type).toBe(problems.loopDetected);
  }
  throw new Error('No loop was detected');
});

it.each([
  ['x-forwarded-for', true],
  ['x_forwarded_for', true],
  ['x.forwarded-host', true],
  ['x-http-method-override', true],
  ['x-ssl-client-cert', true],
  ['x_amzn_mtls_clientcert', true],
  ['ssl-client-verify', true],
  ['x-client-certain', true],
  ['x-client-id', false],
  ['x-forwarded-fo', false],
  ['via', false],
  ['x_custom', false],
])('%s is ours: %s', (name, expected) => {
  expect(isOwnedHeader(name)).toBe(expected);
});

it('lists names in lower case', () => {
  expect([...OWNED_HEADERS].filter((name) => name !== name.toLowerCase())).toEqual([]);
});
