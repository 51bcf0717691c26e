import type { RouteSettings } from '../config/index.js';
import { recognised, whoMay } from './who-may.js';

type Settings = Pick<RouteSettings, 'authenticate' | 'authorize'>;

it.each<[string, Settings, string]>([
  ['public', { authenticate: 'none', authorize: 'any' }, 'public'],
  ['anyone', { authenticate: ['a', 'b'], authorize: {} }, 'anyone known (a, b)'],
  ['attributes', { authenticate: ['a'], authorize: { roles: { any: ['x', 'y'], all: ['z'] }, scopes: ['s'] } }, 'x or y; z; scopes s (a)'],
  ['whose', { authenticate: ['a'], authorize: { owner: 'id', roles: ['x'] } }, 'x; whose id is :id (a)'],
  ['alternatives', { authenticate: ['a'], authorize: { anyOf: [{ owner: { param: 't', claim: 'org' }, roles: ['x'] }, { roles: ['y'] }] } }, 'x and whose org is :t, or y (a)'],
  ['methods', { authenticate: ['a'], authorize: { roles: ['x'], methods: { GET: 'any', 'PUT,PATCH': 'deny' } } }, 'GET, HEAD: anyone known; PUT, PATCH: nobody but the superuser; else: x (a)'],
  ['all', { authenticate: { all: ['k', 's'], optional: false }, authorize: 'any' }, 'anyone known (k and s)'],
  ['all besides any', { authenticate: { any: ['a', 'b'], all: ['k', 's'], optional: false }, authorize: 'any' }, 'anyone known (a, b with k and s)'],
  ['optional', { authenticate: { any: ['a'], optional: true }, authorize: { methods: { POST: { roles: ['x'] } } } }, 'POST: x; else: anyone, known or not (a)'],
])('%s', (_case, settings, words) => expect(whoMay(settings)).toBe(words));

it.each<[Settings['authenticate'], string]>([
  ['none', 'nobody'],
  [['a', 'b'], 'a or b'],
  [{ all: ['k', 's'], optional: false }, 'k and s'],
  [{ any: ['a', 'b'], all: ['k'], optional: true }, 'a or b or by nobody, besides k'],
])('%j is recognised by %s', (authenticate, words) => expect(recognised(authenticate)).toBe(words));
