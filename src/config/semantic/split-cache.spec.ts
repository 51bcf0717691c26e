import { ConfigFolder, valid } from '../config.fixture.js';
import { formatIssues } from '../issues.js';

const HALVES = 'a: { weight: 1 }, b: { weight: 1 }';

async function warningsOf(cache: string, split: string, more = ''): Promise<readonly string[]> {
  using folder = new ConfigFolder({ 'gateway.yaml': valid(`routes: { r: { match: { path: /r }, to: echo, cache: ${cache}, split: { ${split} }${more} } }`) });
  const { warnings } = await folder.load();
  return warnings.map((warning) => formatIssues([warning])).filter((line) => line.includes('split'));
}

describe('a cache before a split', () => {
  it.each<[string, string, string, string, string?]>([
    ['a header', 'on', `by: "header:X-Beta", variants: { ${HALVES} }`, 'the header X-Beta; add it to `cache.key.headers`'],
    ['a condition on a header', '{ key: { headers: [x-other] } }', 'variants: { a: { weight: 1 }, b: { when: { header: { X-Beta: true } } } }', 'the header X-Beta; add it to `cache.key.headers`'],
    ['a cookie', '{ cookies: share }', `by: cookie, variants: { ${HALVES} }`, 'a cookie; leave `cache.cookies` at `refuse`'],
    ['a condition on a cookie', '{ cookies: share }', 'variants: { a: { weight: 1 }, b: { when: { cookie: { beta: true } } } }', 'a cookie; leave `cache.cookies` at `refuse`'],
    ['a role', 'on', 'variants: { a: { weight: 1 }, b: { when: { role: beta } } }', 'the roles of the caller; turn `cache.key.principal` on'],
    ['the caller', 'on', `variants: { ${HALVES} }`, 'the caller; turn `cache.key.principal` on'],
    ['the caller of a public route', '{ key: { principal: on } }', `variants: { ${HALVES} }`, 'the address of the client, which no key holds', ', authenticate: none'],
    ['the address', '{ key: { principal: on } }', `by: ip, variants: { ${HALVES} }`, 'the address of the client, which no key holds'],
    ['chance', 'on', `by: random, variants: { ${HALVES} }`, 'chance, which no key holds; split by a header'],
    ['several things', 'on', `by: random, variants: { ${HALVES}, c: { when: [{ header: { x-a: true } }, { header: { x-a: "1" } }] } }`, 'the header x-a; add it to `cache.key.headers`, and by chance'],
  ])('warns of %s that the key does not hold', async (...[, cache, split, expected, more]) => {
    expect(await warningsOf(cache, split, more)).toEqual([expect.stringContaining(`routes.r.cache.key: the answer of one variant is given to callers of another: the split goes by ${expected}`)]);
  });

  it.each<[string, string, string]>([
    ['the header is in it', '{ key: { headers: [x-beta] } }', `by: "header:X-Beta", variants: { ${HALVES}, c: { when: { header: { X-BETA: "2" } } } }`],
    ['the caller is in it', '{ key: { principal: on } }', `variants: { ${HALVES}, c: { when: { role: beta } } }`],
    ['requests with cookies are none of its business', 'on', `by: cookie, variants: { ${HALVES}, c: { when: { cookie: { beta: true } } } }`],
    ['cookies are in it', '{ cookies: share, key: { headers: [Cookie] } }', `by: cookie, variants: { ${HALVES} }`],
    ['one variant gets all', 'on', 'by: random, variants: { a: { weight: 1 }, b: {} }'],
    ['there is no cache', 'off', `by: random, variants: { ${HALVES} }`],
  ])('says nothing where %s', async (_what, cache, split) => {
    expect(await warningsOf(cache, split)).toEqual([]);
  });
});
