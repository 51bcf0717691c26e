import { cacheStatus, compileHitStatus, type CacheFacts } from './cache-status.js';
import { parseList } from './structured.js';

describe('Cache-Status (RFC 9211)', () => {
  it.each<[string, CacheFacts, string]>([
    ['passerelle', {}, 'passerelle;hit'],
    ['passerelle', { ttl: 5999 }, 'passerelle;hit;ttl=5'],
    ['passerelle', { ttl: -1500 }, 'passerelle;hit;ttl=-1'],
    ['passerelle', { ttl: -500 }, 'passerelle;hit;ttl=0'],
    ['passerelle', { ttl: Infinity }, 'passerelle;hit'],
    ['passerelle', { fwd: 'uri-miss', stored: true, fwdStatus: 200, ttl: 0 }, 'passerelle;fwd=uri-miss;fwd-status=200;ttl=0;stored'],
    ['passerelle', { fwd: 'stale', collapsed: true, stored: false }, 'passerelle;fwd=stale;collapsed'],
    ['passerelle', { fwd: 'bypass', detail: 'set-cookie' }, 'passerelle;fwd=bypass;detail=set-cookie'],
    ['my cache', { fwd: 'miss', detail: 'a "b" \\', key: 'GET /ä' }, '"my cache";fwd=miss;key="GET /?";detail="a \\"b\\" \\\\"'],
    ['1st', {}, '"1st";hit'],
  ])('%s %j: %s', (name, facts, expected) => {
    const member = cacheStatus(name, facts);
    expect(member).toBe(expected);
    expect(parseList([member])).toHaveLength(1);
  });
});

it('is told again for each second of a lifetime', () => {
  const status = compileHitStatus('Us');
  expect([5_999, 5_000, 4_999, 0, -1_500].map(status)).toEqual(['Us;hit;ttl=5', 'Us;hit;ttl=5', 'Us;hit;ttl=4', 'Us;hit;ttl=0', 'Us;hit;ttl=-1']);
});
