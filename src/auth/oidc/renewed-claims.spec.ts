import type { Claims } from '../jwt/claim-path.js';
import { oidcOptions } from './options.js';
import { compileRenewal } from './renewed-claims.js';

const FORMER = { 'sub': '7', 'name': 'Ada', 'role': 'admin', 'realm': { roles: ['staff'] }, 'https://a.example/roles': ['boss'] };

function renewal(further: object = {}) {
  return compileRenewal(oidcOptions.parse({
    issuer: 'https://issuer.example.com', clientId: 'app', cookie: { secret: 'a secret for cookies that is long enough' },
    claims: { role: 'role', roles: ['realm.roles', 'https://a.example/roles'] }, ...further,
  }));
}

it.each<[string, object, Claims | null, Claims]>([
  ['a renewal without an ID token', {}, null, FORMER],
  ['an ID token that says nothing of roles', {}, { sub: '7' }, { sub: '7', name: 'Ada' }],
  ['one that says another name, and other roles', {}, { sub: '7', name: 'A.', realm: { roles: ['guest'] } }, { sub: '7', name: 'A.', realm: { roles: ['guest'] } }],
  ['one that never said everything', { userinfo: 'on' }, { sub: '7', name: 'A.' }, { ...FORMER, name: 'A.' }],
])('%s', (_what, options, latest, expected) => expect(renewal(options)(FORMER, latest)).toEqual(expected));
