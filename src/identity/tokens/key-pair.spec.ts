import { calculateJwkThumbprint } from 'jose';
import { ASYMMETRIC, makePair, readPair, thumbprint } from './key-pair.js';

it.each(ASYMMETRIC.map((each) => [each]))('makes a pair for %s', async (algorithm) => {
  const { kid, privateJwk, publicJwk } = await makePair(algorithm);
  expect(kid).toBe(await calculateJwkThumbprint(publicJwk));
  expect(publicJwk).toMatchObject({ kid, alg: algorithm, use: 'sig' });
  for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(publicJwk).not.toHaveProperty(secret);
  const { privateKey, publicKey } = readPair(publicJwk, privateJwk);
  expect([publicKey.type, privateKey?.type]).toEqual(['public', 'private']);
});

it('names a key as RFC 7638 3.1 does', () => {
  const n = '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
  expect(thumbprint({ kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' })).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
});
