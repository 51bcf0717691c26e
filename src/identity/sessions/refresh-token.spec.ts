import { hashOf, randomSeed, randomToken, successorOf } from './refresh-token.js';

describe('a refresh token', () => {
  it('is 256 random bits with a recognisable prefix, and known by its hash', () => {
    const [one, another] = [randomToken(), randomToken()];
    expect(one).toMatch(/^prt_[\w-]{43}$/);
    expect(one).not.toBe(another);
    expect(Buffer.from(one.slice(4), 'base64url')).toHaveLength(32);
    expect(hashOf(one)).toMatch(/^[\w-]{43}$/);
    expect(hashOf(one)).not.toBe(hashOf(another));
  });

  it('has one successor by seed, which takes both to make', () => {
    const [token, seed] = [randomToken(), randomSeed()];
    const successor = successorOf(token, seed);
    expect(successor).toMatch(/^prt_[\w-]{43}$/);
    expect(successorOf(token, seed)).toBe(successor);
    expect(successorOf(token, randomSeed())).not.toBe(successor);
    expect(successorOf(randomToken(), seed)).not.toBe(successor);
  });

  it.each(['', 'prt_', 'eyJhbGciOiJIUzI1NiJ9.e30.x', `prt_${'a'.repeat(42)}`, `prt_${'a'.repeat(44)}`, `prt_${'a'.repeat(42)}'`, `prt_${'a'.repeat(43)}\n`])('%j is none', (text) => {
    expect(hashOf(text)).toBeNull();
  });
});
