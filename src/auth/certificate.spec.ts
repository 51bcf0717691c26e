import type { Authenticator, Exchange } from '#libs/kernel';
import { exchangeWith, StillClock } from './auth.fixture.js';
import { certificate } from './certificate.js';
import { BILLING } from './certificate/certificates.fixture.js';
import { certificateOptions } from './certificate/options.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const PROXY = '192.0.2.1';

function authenticatorOf(options: Parameters<typeof certificateOptions.parse>[0], clock: StillClock): Authenticator {
  return certificate.create(certificateOptions.parse(options), { clock, random: () => 0, name: 'peers', folder: '/', trusts: (address) => address === PROXY, resolve: () => { throw new Error('nothing to resolve'); } });
}

function from(peer: string, fields: readonly (readonly [string, string])[] = []): Exchange {
  const exchange = exchangeWith(fields);
  exchange.peer = peer;
  return exchange;
}

function shown(): Exchange {
  const exchange = from('203.0.113.7');
  exchange.certificate = BILLING;
  return exchange;
}

const HEADER: readonly [string, string] = ['client-cert', `:${BILLING.raw.toString('base64')}:`];

describe('the certificate authenticator', () => {
  it('knows whose the certificate of a connection is, and finds it out once', () => {
    const authenticator = authenticatorOf({}, new StillClock(NOW));
    const principal = authenticator.authenticate(shown());
    expect(principal).toMatchObject({ id: 'billing', authenticator: 'peers' });
    expect(authenticator.authenticate(shown())).toBe(principal);
  });

  it('finds nothing of its kind without one, and does not look at headers', () => {
    const authenticator = authenticatorOf({}, new StillClock(NOW));
    expect([authenticator.authenticate(from(PROXY, [HEADER])), authenticator.challenge]).toEqual([null, 'Certificate']);
  });

  it('does not accept one that has expired since', () => {
    const clock = new StillClock(NOW);
    const authenticator = authenticatorOf({}, clock);
    expect(authenticator.authenticate(shown())).not.toBeNull();
    clock.advance(Date.parse('2125-01-01T00:00:00Z') - NOW);
    expect(() => authenticator.authenticate(shown())).toThrow('has expired');
  });

  it.each([
    [PROXY, 'billing'],
    [`::ffff:${PROXY}`, 'billing'],
    ['203.0.113.7', undefined],
  ])('in a header counts from %s: %s', (peer, id) => {
    const authenticator = authenticatorOf({ from: { header: 'Client-Cert' } }, new StillClock(NOW));
    expect((authenticator.authenticate(from(peer, [HEADER])) as { id: string } | null)?.id).toBe(id);
  });

  it('in a header is asked for in none of the connection', () => {
    const authenticator = authenticatorOf({ from: { header: 'Client-Cert' } }, new StillClock(NOW));
    expect(authenticator.authenticate(shown())).toBeNull();
  });

  it.each([
    ['2024-12-31T23:59:59Z', 'not valid yet'],
    ['2125-01-01T00:00:00Z', 'has expired'],
  ])('in a header is refused at %s: %s', (now, words) => {
    const authenticator = authenticatorOf({ from: { header: 'Client-Cert' } }, new StillClock(Date.parse(now)));
    expect(() => authenticator.authenticate(from(PROXY, [HEADER]))).toThrow(words);
  });

  it.each(['Client-Cert', 'X-Forwarded-Client-Cert', 'ssl-client-cert', 'X-Amzn-Mtls-Clientcert', 'X-Forwarded-Tls-Client-Cert'])('may be in %s', (header) => {
    expect(certificateOptions.safeParse({ from: { header } }).success).toBe(true);
  });

  it('may be in no header that clients write and services read', () => {
    expect(certificateOptions.safeParse({ from: { header: 'X-User' } }).success).toBe(false);
  });
});
