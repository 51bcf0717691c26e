import { BILLING } from './certificates.fixture.js';
import { factsInHeader } from './header.js';

const der = BILLING.raw.toString('base64');
const pem = BILLING.toString();
const URI = 'spiffe://acme.example/ns/prod/sa/billing';

describe('factsInHeader', () => {
  it.each([
    ['RFC 9440', `:${der}:`],
    ['PEM, coded for a URL', encodeURIComponent(pem)],
    ['PEM with tabs for line ends', pem.trim().replaceAll('\n', '\t')],
    ['PEM with spaces for line ends', pem.trim().replaceAll('\n', ' ')],
    ['DER alone', der],
    ['a chain of DER, the client first', `${der},AAAA`],
    ['Envoy’s', `Hash=00;Cert="${encodeURIComponent(pem)}"`],
    ['Envoy’s with the chain, after what another proxy said', `By=x;URI=spiffe://evil,By=y;Hash=00;Cert="${encodeURIComponent(pem)}";Chain="${encodeURIComponent(pem)}"`],
  ])('understands %s', (_what, text) => {
    expect(factsInHeader(text)).toMatchObject({ commonName: 'billing', uris: [URI], serial: '01' });
  });

  it('goes by what Envoy says of a certificate it does not hand on', () => {
    expect(factsInHeader(String.raw`By=spiffe://x;Hash=ab12;Subject="CN=\"a;URI=spiffe://evil\",O=Acme";URI=${URI};DNS=a;DNS=b`)).toEqual({
      subject: 'CN="a;URI=spiffe://evil",O=Acme', fingerprint: 'ab12', uris: [URI], dns: ['a', 'b'],
      commonName: null, issuer: null, serial: null, emails: [], validFrom: 0, validTo: Number.POSITIVE_INFINITY,
    });
  });

  it.each([
    ['two certificates in the form of RFC 9440', `:${der}:, :${der}:`],
    ['half a certificate', `:${der.slice(0, 200)}:`],
    ['an element of Envoy without the client', 'By=spiffe://x'],
    ['a last element without the client', `Hash=ab;URI=${URI},By=x`],
    ['a certificate of Envoy’s that is none', `Hash=ab;URI=${URI};Cert="nonsense"`],
    ['a broken escape', '%zz'],
    ['PEM of something else', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----'],
    ['something far too long', 'A'.repeat(40_000)],
  ])('finds nothing in %s', (_what, text) => {
    expect(factsInHeader(text)).toBeNull();
  });
});
