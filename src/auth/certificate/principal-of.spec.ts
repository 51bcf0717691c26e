import { AMBIGUOUS, BILLING, FORGED } from './certificates.fixture.js';
import { factsOf } from './facts.js';
import { certificateOptions } from './options.js';
import { compileCertificatePrincipal } from './principal-of.js';

type Input = Parameters<typeof certificateOptions.parse>[0];

const principalOf = (options: Input) => compileCertificatePrincipal(certificateOptions.parse(options), 'peers');

describe('compileCertificatePrincipal', () => {
  it('makes a principal with all that may be asked for', () => {
    expect(principalOf({ roles: { billing: 'staff' }, scopes: { 'bill*': 'read, write' } })(factsOf(BILLING))).toEqual({
      id: 'billing', email: 'ops@acme.example', roles: ['staff'], permissions: [], scopes: ['read', 'write'], authenticator: 'peers',
      claims: expect.objectContaining({ issuer: 'CN=fixture authority', san: { uri: ['spiffe://acme.example/ns/prod/sa/billing'], dns: ['billing.acme.example', 'b.acme.example'], email: ['ops@acme.example'] } }),
      expiresAt: Date.parse('2125-01-01T00:00:00Z'),
    });
  });

  it.each([
    ['several common names', AMBIGUOUS, 'subject.CN'],
    ['several URIs', AMBIGUOUS, 'san:uri'],
    ['no e-mail address', FORGED, 'san:email'],
    ['no URI but in the text of another name', FORGED, 'san:uri'],
  ])('a certificate with %s is nobody’s', (_what, certificate, id) => {
    expect(principalOf({ id })(factsOf(certificate))).toBeNull();
  });

  it('an id that is no line is nobody’s', () => {
    expect(principalOf({})({ ...factsOf(BILLING), commonName: 'a\r\nx-role: admin' })).toBeNull();
  });

  it.each([
    [[], true],
    ['CN=fixture authority', true],
    ['CN=fixture *', true],
    [['CN=other', 'CN=fixture authority'], true],
    ['CN=fixture', false],
    ['CN=other', false],
  ])('of the issuers %j: %s', (issuer, counts) => {
    expect(principalOf({ issuer })(factsOf(BILLING)) !== null).toBe(counts);
  });

  it.each([
    ['spiffe://acme.example/ns/prod/sa/billing', 'spiffe://acme.example/ns/prod/sa/billing', true],
    ['spiffe://acme.example/ns/*/sa/billing', 'spiffe://acme.example/ns/prod/sa/billing', true],
    ['spiffe://acme.example/ns/*/sa/billing', 'spiffe://acme.example/ns/evil/sa/x/sa/billing', false],
    ['spiffe://acme.example/*', 'spiffe://acme.example/ns/prod', false],
    ['*.acme.example', 'billing.acme.example', true],
    ['*.acme.example', 'billing.acme.example.evil.example', false],
    ['*.acme.example', 'acme.example', false],
    ['CN=*,O=Acme', 'CN=billing,O=Acme', true],
    ['CN=*,O=Acme', String.raw`CN=billing\,O=Acme`, false],
    ['CN=*,O=Acme', 'CN=billing,O=Evil,O=Acme', false],
    ['a.b', 'axb', false],
    ['*', 'anything', true],
  ])('%s fits %s: %s', (pattern, id, fits) => {
    const roles = principalOf({ id: 'subject', roles: { [pattern]: 'staff' } })({ ...factsOf(BILLING), subject: id })?.roles;
    expect(roles).toEqual(fits ? ['staff'] : []);
  });

  it('gives what all patterns that fit give, once', () => {
    expect(principalOf({ roles: { 'b*': ['a', 'b'], '*g': ['b', 'c'], x: 'd' } })(factsOf(BILLING))?.roles).toEqual(['a', 'b', 'c']);
  });
});
