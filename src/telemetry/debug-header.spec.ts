import { Secret } from '#libs/kernel';
import { clock, exchange, route } from './line.fixture.js';
import { compileDebugCheck, debugHeader, type DebugScope } from './debug-header.js';

const SECRET = new Secret('0123456789abcdef0123456789abcdef');
const MINUTE = 60_000;
const check = compileDebugCheck(SECRET, clock);
const made = (scope: DebugScope = {}, left = MINUTE): string => debugHeader(SECRET, clock.now() + left, scope);

describe('O4: debug headers', () => {
  it('are a version, an end, what they are for, and a signature', () => {
    expect(made({ path: '/api/**' })).toMatch(/^v1\.1767323105\.cGF0aD0vYXBpLyoq\.[\w-]{43}$/);
  });

  it.each<[DebugScope, string, boolean]>([
    [{}, '/anything', true],
    [{ route: 'users' }, '/anything', true],
    [{ route: 'user' }, '/anything', false],
    [{ path: '/api' }, '/api', true],
    [{ path: '/api' }, '/api/x', false],
    [{ path: '/api/**' }, '/api', true],
    [{ path: '/api/**' }, '/api/x/y', true],
    [{ path: '/api/**' }, '/apis', false],
    [{ path: '/**' }, '/a', true],
  ])('%j is good for %s: %s', (scope, path, good) => expect(check(made(scope), exchange({ path }, { route }))).toBe(good ? null : 'it is for other requests'));

  const good = made();
  it.each<[string, string, RegExp]>([
    ['empty', '', /of the form/],
    ['another version', good.replace('v1', 'v2'), /of the form/],
    ['without a signature', good.slice(0, good.lastIndexOf('.')), /of the form/],
    ['a longer life', good.replace('1767323105', '1767323106'), /signature/],
    ['another scope', good.replace('..', '.cm91dGU9YQ.'), /signature/],
    ['another key', debugHeader(new Secret('f'.repeat(32)), clock.now() + MINUTE, {}), /signature/],
    ['a changed signature', `${good.slice(0, -8)}AAAAAAAA`, /signature/],
    ['what is over', made({}, 0), /expired/],
    ['what is good for too long', made({}, 86_401_000), /more than a day/],
    ['twice', `${good}, ${good}`, /of the form/],
  ])('are refused: %s', (_what, sent, why) => expect(check(sent, exchange())).toMatch(why));
});
