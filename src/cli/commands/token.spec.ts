import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeJwt } from 'jose';
import { configured, ENV, ran, SAMPLE } from '../io.fixture.js';

describe('token', () => {
  it('signs what the authenticator accepts', async () => {
    using sample = configured(SAMPLE);
    const { out } = await ran(['token', '--role', 'admin', '--id', '7', '--email', 'a@b.c', '--ttl', '30m', '--claim', 'tenant=north', '--claim', 'level=3', '--config', sample.file], ENV);
    const claims = decodeJwt(out.trim());
    expect(claims).toMatchObject({ sub: '7', role: 'admin', email: 'a@b.c', tenant: 'north', level: 3 });
    expect((claims.exp as number) - (claims.iat as number)).toBe(1_800);
  });

  it('tells the rest as JSON', async () => {
    using sample = configured(SAMPLE);
    const { json } = await ran(['token', '--json', '--config', sample.file], ENV);
    expect(json()).toMatchObject({ authenticator: 'users', token: expect.stringMatching(/^ey/), expiresAt: expect.stringMatching(/Z$/) });
  });

  it('refuses where there are only public keys, and signs with the private one', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519', { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
    using sample = configured(SAMPLE.replace('secret: "${JWT_SECRET_KEY}"', 'publicKey: "${PUBLIC}", algorithms: [EdDSA]'));
    const env = { PUBLIC: publicKey };
    expect(await ran(['token', '--config', sample.file], env)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('holds public keys only') });
    const key = path.join(path.dirname(sample.file), 'private.pem');
    writeFileSync(key, privateKey);
    expect((await ran(['token', '--key', key, '--config', sample.file], env)).out).toMatch(/^ey/);
  });

  it.each([
    [SAMPLE, ['--authenticator', 'user'], 2, 'There is no authenticator "user". Those that take JWTs: users.'],
    ['version: 1\n', [], 1, 'no authenticator that takes JWTs'],
  ])('%# says why there is none', async (yaml, flags, code, message) => {
    using sample = configured(yaml);
    expect(await ran(['token', ...flags, '--config', sample.file], ENV)).toMatchObject({ code, err: expect.stringContaining(message) });
  });
});
