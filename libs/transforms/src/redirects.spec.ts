import { Answer, HeaderList } from '#libs/kernel';
import { exchangeOf, type Given } from '../test/exchange.js';
import { compileRedirects } from './redirects.js';

const stripped = { url: '/api/v1/students/7', outgoingPath: '/students/7' };
const prefixed = { url: '/students/7', outgoingPath: '/svc/students/7' };
const renamed = { url: '/users/7', outgoingPath: '/people/7' };
const templated = { url: '/me', outgoingPath: '/users/42' };
const kept = { url: '/a/b', outgoingPath: '/a/b' };
const based = { ...stripped, target: 'http://target.internal:8001/base' };

function rewritten(location: string, given: Given, name = 'location'): string | undefined {
  const answer = new Answer(307, new HeaderList(['x-a', '1', name, location]));
  compileRedirects('rewrite')?.(exchangeOf(given), answer);
  return answer.headers.get(name);
}

it.each<[string, Given, string, string]>([
  ['a target’s URL', stripped, 'http://target.internal:8001/students/7/?q=1#f', 'https://public.example/api/v1/students/7/?q=1#f'],
  ['its origin alone', stripped, 'http://target.internal:8001', 'https://public.example/api/v1/'],
  ['its origin with a query', kept, 'http://target.internal:8001?a=1', 'https://public.example/?a=1'],
  ['another case', kept, 'HTTP://Target.Internal:8001/A', 'https://public.example/A'],
  ['a URL without scheme', kept, '//target.internal:8001/x', 'https://public.example/x'],
  ['a default port', { ...kept, target: 'http://target.internal' }, 'http://target.internal:80/x', 'https://public.example/x'],
  ['a sibling target', { ...kept, siblings: ['http://other.internal:9'] }, 'http://other.internal:9/x', 'https://public.example/x'],
  ['a path', stripped, '/students/8', '/api/v1/students/8'],
  ['a path outside the resource', stripped, '/login', '/api/v1/login'],
  ['a public path already', stripped, '/api/v1/students/8', '/api/v1/students/8'],
  ['a path that only looks public', stripped, '/api/v10', '/api/v1/api/v10'],
  ['the public host as the service saw it', stripped, 'http://public.example/students/7/', 'https://public.example/api/v1/students/7/'],
  ['a path below the prefix', prefixed, '/svc/students/8', '/students/8'],
  ['the prefix itself', prefixed, '/svc', '/'],
  ['a path beside the prefix', prefixed, '/login', '/login'],
  ['a renamed resource', renamed, '/people/9', '/users/9'],
  ['the templated path', templated, 'http://target.internal:8001/users/42/', 'https://public.example/me/'],
  ['a path no template leads to', templated, 'http://target.internal:8001/login', 'https://public.example/login'],
  ['the base path of the target', based, 'http://target.internal:8001/base/students/8', 'https://public.example/api/v1/students/8'],
  ['a path without the base', based, '/students/8', '/students/8'],
  ['nothing rewritten', kept, '/a/c', '/a/c'],
  ['a foreign URL', stripped, 'https://login.example/students/7', 'https://login.example/students/7'],
  ['a foreign URL with our host as user', stripped, 'http://target.internal:8001@evil.example/', 'http://target.internal:8001@evil.example/'],
  ['a relative reference', stripped, '../8?x', '../8?x'],
  ['another scheme', stripped, 'mailto:a@b.example', 'mailto:a@b.example'],
  ['a removed prefix before slashes', prefixed, '/svc//evil.example', '/evil.example'],
  ['a removed prefix before a backslash', prefixed, '/svc/\\evil.example', '/evil.example'],
])('%s', (_what, given, location, expected) => {
  expect(rewritten(location, given)).toBe(expected);
});

it('corrects Content-Location too', () => {
  expect(rewritten('/students/8', stripped, 'Content-Location')).toBe('/api/v1/students/8');
});

it('leaves other fields alone', () => {
  expect(rewritten('/students/8', stripped, 'x-locate')).toBe('/students/8');
});

it('lets a service ask for https', () => {
  const exchange = exchangeOf(kept);
  exchange.scheme = 'http';
  const answer = new Answer(301, new HeaderList(['location', 'https://public.example/a/b']));
  compileRedirects('rewrite')?.(exchange, answer);
  expect(answer.headers.get('location')).toBe('https://public.example/a/b');
});

it('is a path where the client named no host', () => {
  const exchange = exchangeOf(stripped);
  exchange.host = '';
  const answer = new Answer(301, new HeaderList(['location', 'http://target.internal:8001/students/8']));
  compileRedirects('rewrite')?.(exchange, answer);
  expect(answer.headers.get('location')).toBe('/api/v1/students/8');
});

it.each(['pass', 'follow'] as const)('%s has nothing to rewrite', (mode) => {
  expect(compileRedirects(mode)).toBeNull();
});
