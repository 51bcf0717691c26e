import { AMBIGUOUS, BILLING, FORGED } from './certificates.fixture.js';
import { factsOf } from './facts.js';

describe('factsOf', () => {
  it('reads what a certificate says', () => {
    expect(factsOf(BILLING)).toEqual({
      subject: String.raw`CN=billing,OU=café \+ bar,O=Acme\, Inc.,C=FR`,
      commonName: 'billing',
      issuer: 'CN=fixture authority',
      serial: '01',
      fingerprint: '1869f3974fbc68e10cb3edd457e451b5c1393b9a7039bacead787ea8d06fa2fe',
      uris: ['spiffe://acme.example/ns/prod/sa/billing'],
      dns: ['billing.acme.example', 'b.acme.example'],
      emails: ['ops@acme.example'],
      validFrom: Date.parse('2025-01-01T00:00:00Z'),
      validTo: Date.parse('2125-01-01T00:00:00Z'),
    });
  });

  it('takes none of several common names', () => {
    expect(factsOf(AMBIGUOUS)).toMatchObject({ commonName: null, uris: ['spiffe://a', 'spiffe://b'] });
  });

  it('does not take one name for two', () => {
    expect(factsOf(FORGED)).toMatchObject({ dns: ['a.example, URI:spiffe://acme.example/admin'], uris: [] });
  });
});
