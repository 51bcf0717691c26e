import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { jest } from '@jest/globals';
import type { JwtInput } from '../auth.fixture.js';
import { readKeys } from './keys.js';
import { jwtOptions } from './options.js';

const read = (options: JwtInput) => readKeys(jwtOptions.parse(options));
const pem = (type: 'rsa' | 'ec' | 'ed25519' | 'rsa-pss' | 'x25519', options: object = {}) => {
  const { publicKey, privateKey } = generateKeyPairSync(type as 'rsa', { modulusLength: 2048, namedCurve: 'P-256', ...options });
  return { public: publicKey.export({ type: 'spki', format: 'pem' }) as string, private: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, key: publicKey };
};
const rsa = pem('rsa');
const LONG = 'x'.repeat(64);

it.each<[string, JwtInput, readonly (readonly string[])[]]>([
  ['one secret guesses HS256', { secret: LONG }, [['HS256']]],
  ['a secret takes only HS of the list', { secret: LONG, publicKey: rsa.public, algorithms: ['HS512', 'RS256', 'PS384'] }, [['HS512'], ['RS256', 'PS384']]],
  ['algorithms as text with commas', { publicKey: rsa.public, algorithms: 'RS256,RS384' }, [['RS256', 'RS384']]],
  ['a curve fixes its algorithm', { publicKey: pem('ec').public, algorithms: ['ES256', 'ES384'] }, [['ES256']]],
  ['a key with an algorithm', { keys: [{ publicKey: rsa.public, algorithm: 'PS256' }], algorithms: ['RS256', 'PS256'] }, [['PS256']]],
  ['a set, by alg and use', { jwks: JSON.stringify({ keys: [
    { ...rsa.key.export({ format: 'jwk' }), alg: 'RS256' },
    { ...rsa.key.export({ format: 'jwk' }), use: 'enc' },
    { ...rsa.key.export({ format: 'jwk' }), alg: 'RSA-OAEP' },
  ] }), algorithms: ['RS256', 'RS512'] }, [['RS256']]],
])('%s', (_name, options, expected) => {
  expect(read(options).map(({ algorithms }) => algorithms)).toEqual(expected);
});

it.each<[string, JwtInput, string]>([
  ['no key', { algorithms: ['HS256'] }, 'needs a key'],
  ['no algorithm for a public key', { publicKey: rsa.public }, 'needs `algorithms`'],
  ['no algorithm for a secret beside other keys', { secret: LONG, keys: [{ secret: LONG }] }, 'needs `algorithms`'],
  ['a secret of seven bytes', { secret: '1234567' }, 'secret is shorter than 8 bytes'],
  ['a public key as secret', { secret: rsa.public }, 'goes into `publicKey`'],
  ['a private key', { publicKey: rsa.private, algorithms: ['RS256'] }, 'private key'],
  ['a private JWK', { publicKey: JSON.stringify({ ...rsa.key.export({ format: 'jwk' }), d: 'AQAB' }), algorithms: ['RS256'] }, 'private key'],
  ['a secret as JWK', { publicKey: '{"kty":"oct","k":"AQAB"}', algorithms: ['HS256'] }, 'goes into `secret`'],
  ['text that is no key', { publicKey: 'key', algorithms: ['RS256'] }, 'neither a PEM public key'],
  ['a key that suits no algorithm', { publicKey: rsa.public, algorithms: ['ES256'] }, 'accepted are ES256'],
  ['a secret where only RS256 is accepted', { secret: LONG, algorithms: ['RS256'] }, 'accepted are RS256'],
  ['a kind of key nobody signs with', { publicKey: pem('x25519').public, algorithms: ['EdDSA'] }, 'none of the algorithms'],
  ['a key for PSS alone', { publicKey: pem('rsa-pss').public, algorithms: ['PS256'] }, 'none of the algorithms'],
  ['a short RSA key', { publicKey: pem('rsa', { modulusLength: 1024 }).public, algorithms: ['RS256'] }, '2048 bits'],
  ['an entry with both', { keys: [{ publicKey: rsa.public, secret: LONG }], algorithms: ['RS256'] }, 'keys[0] needs either'],
  ['an entry with an algorithm that is not accepted', { keys: [{ publicKey: rsa.public, algorithm: 'RS512' }], algorithms: ['RS256'] }, 'RS512 is not one of'],
  ['a set that is none', { jwks: '{"keys":[null]}', algorithms: ['RS256'] }, 'not a JWK set'],
  ['a set without a usable key', { jwks: '{"keys":[{"kty":"RSA"}]}', algorithms: ['RS256'] }, 'no key for RS256'],
  ['a set with a secret', { jwks: '{"keys":[{"kty":"oct","k":"AQAB"}]}', algorithms: ['HS256'] }, 'public keys only'],
])('refuses %s at load', (_name, options, message) => {
  expect(() => read(options)).toThrow(message);
});

it('warns about a short secret without showing it, and accepts it', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  expect(read({ secret: 'change_me' })).toHaveLength(1);
  expect(warn.mock.calls).toEqual([[expect.stringContaining('has 9 bytes'), { code: 'PASSERELLE_SHORT_SECRET' }]]);
  expect(JSON.stringify(warn.mock.calls)).not.toContain('change_me');
  warn.mockClear();
  read({ secret: 'x'.repeat(32) });
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

it('never shows a key in an error', () => {
  expect(() => read({ secret: '1234567' })).not.toThrow('1234567');
});

it('reads what node exports', () => {
  expect(createPublicKey(rsa.public).equals(read({ publicKey: rsa.public, algorithms: ['RS256'] })[0]?.key ?? rsa.key)).toBe(true);
});
