import { builtIns } from '../../extensions.js';
import { ConfigFolder } from '../config.fixture.js';
import { formatIssues } from '../issues.js';
import { loadConfig } from '../load-config.js';

const SECRET = 'secret-of-one-issuer-that-is-long-enough';
const known = `{ use: jwt, secret: "${SECRET}", issuer: "https://a" }`;
const greedy = `{ use: jwt, secret: "${SECRET}" }`;

async function warningsOf(authenticate: string, asked: string, rest = ''): Promise<readonly string[]> {
  using folder = new ConfigFolder({ 'gateway.yaml': `version: 1\nservices: { s: { targets: "http://s:8001" } }\nroutes: { s: { match: { path: /s }, to: s, authenticate: ${asked} } }\nauthenticate: ${authenticate}\n${rest}` });
  const { warnings } = await loadConfig({ file: folder.at('gateway.yaml'), env: {}, builtIns });
  return warnings.map((warning) => formatIssues([warning])).filter((line) => line.includes('looks in the same place'));
}

describe('authenticators of tokens that are asked one after the other', () => {
  it.each([
    ['two that take every issuer', `{ a: ${greedy}, b: ${greedy} }`, '[a, b]', 'authenticate.b: "a" is asked first'],
    ['one that takes every issuer first', `{ a: ${greedy}, b: ${known} }`, '[a, b]', 'authenticate.b: "a" is asked first'],
    ['the order of the route', `{ a: ${known}, b: ${greedy} }`, '[b, a]', 'authenticate.a: "b" is asked first'],
    ['all of the file', `{ a: ${greedy}, b: ${known} }`, '{ any: [a, b], optional: on }', 'authenticate.b'],
    ['tokens of the gateway that do not say whose they are', `{ own: { use: identity }, b: ${known} }`, '[own, b]', 'authenticate.b: "own" is asked first', 'identity: {}'],
    ['the same place in other words', `{ a: ${greedy}, b: { use: jwt, secret: "${SECRET}", from: [{ query: t }, { header: authorization }] } }`, '[a, b]', 'authenticate.b'],
    ['an issuer that is asked', `{ opaque: { use: introspection, url: "https://a/introspect", clientId: me, clientSecret: "${SECRET}" }, b: ${known} }`, '[opaque, b]', 'authenticate.b'],
  ])('%s: a warning', async (_what, authenticate, asked, text, rest = '') => {
    expect(await warningsOf(authenticate, asked, rest)).toEqual([expect.stringContaining(text)]);
  });

  it.each([
    ['know their issuers', `{ a: ${known}, b: ${known}, c: ${greedy} }`, '[a, b, c]'],
    ['are asked apart', `{ a: ${greedy}, b: ${greedy} }`, '[a]'],
    ['look elsewhere', `{ a: ${greedy}, b: { use: jwt, secret: "${SECRET}", from: [{ header: X-Token }] } }`, '[a, b]'],
    ['are of another kind', `{ a: ${greedy}, b: { use: certificate, from: { header: Client-Cert } } }`, '[a, b]'],
    ['must all be satisfied', `{ a: ${greedy}, b: ${known} }`, '{ any: [b], all: [a] }'],
    ['know their own', `{ own: { use: identity }, b: ${greedy} }`, '[own, b]', 'identity: { issuer: "https://me" }'],
  ])('%s: none', async (_what, authenticate, asked, rest = '') => {
    expect(await warningsOf(authenticate, asked, rest)).toEqual([]);
  });
});
