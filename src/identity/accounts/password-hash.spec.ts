import { argon2Sync } from 'node:crypto';
import { hash as bcrypt } from 'bcryptjs';
import { isKnownHash, PasswordHash } from './password-hash.js';

const settings = { memory: 8 * 1024 * 1024, passes: 1, parallelism: 1 };
const hashing = new PasswordHash(settings);

describe('PasswordHash', () => {
  it('makes another hash each time, which only the password fits', async () => {
    const [first, second] = [await hashing.hash('correct horse'), await hashing.hash('correct horse')];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=8192,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(first).not.toBe(second);
    expect(await hashing.verify('correct horse', first)).toEqual({ right: true, outdated: false });
    expect(await hashing.verify('correct horses', first)).toEqual({ right: false, outdated: false });
  });

  it.each<[string, string, string]>([
    ['composed and not', 'café au lait', 'café au lait'],
    ['full width and not', 'Ｐａｓｓword twelve', 'Password twelve'],
  ])('takes what looks the same for the same: %s', async (_, made, typed) => {
    expect((await hashing.verify(typed, await hashing.hash(made))).right).toBe(true);
  });

  it.each<[string, { memory: number; passes: number; parallelism: number }]>([
    ['memory', { ...settings, memory: 9 * 1024 * 1024 }],
    ['passes', { ...settings, passes: 2 }],
    ['lanes', { ...settings, parallelism: 2 }],
  ])('says that a hash is out of date when the %s changed', async (_, other) => {
    const made = await new PasswordHash(other).hash('correct horse');
    expect(await hashing.verify('correct horse', made)).toEqual({ right: true, outdated: true });
  });

  it.each(['2a', '2b', '2y'] as const)('checks a hash of bcrypt, $%s$, which is out of date', async (version) => {
    const stored = (await bcrypt('correct horse', 4)).replace(/^\$2b/, `$${version}`);
    expect(await hashing.verify('correct horse', stored)).toEqual({ right: true, outdated: true });
    expect((await hashing.verify('correct horsf', stored)).right).toBe(false);
  });

  it('checks what another program hashed as it was typed, without normal forms', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const tag = argon2Sync('argon2id', { message: 'ﬁancée', nonce: salt, memory: 64, passes: 1, parallelism: 1, tagLength: 16 });
    const stored = `$argon2id$v=19$m=64,t=1,p=1$${salt.toString('base64').replace(/=+$/, '')}$${tag.toString('base64').replace(/=+$/, '')}`;
    expect(await hashing.verify('ﬁancée', stored)).toEqual({ right: true, outdated: true });
    expect((await hashing.verify('fiancée', stored)).right).toBe(false);
  });

  it.each<[string, string | null]>([['nothing', null], ['what nobody knows', '$scrypt$ln=17$abc'], ['an empty text', '']])('lets nobody in where %s is stored', async (_, stored) => {
    expect((await hashing.verify('', stored)).right).toBe(false);
    expect((await hashing.verify('correct horse', stored)).right).toBe(false);
  });

  it('works as long where there is no account', async () => {
    const slow = new PasswordHash({ memory: 16 * 1024 * 1024, passes: 3, parallelism: 1 });
    const stored = await slow.hash('correct horse');
    const time = async (hash: string | null): Promise<number> => {
      const start = performance.now();
      await slow.verify('wrong horse', hash);
      return performance.now() - start;
    };
    // In turn, and the shortest of each: others may have the machine for a while.
    let [known, unknown] = [Infinity, Infinity];
    for (let i = 0; i < 12; i++) [known, unknown] = [Math.min(known, await time(stored)), Math.min(unknown, await time(null))];
    expect(unknown / known).toBeGreaterThan(0.3);
    expect(unknown / known).toBeLessThan(3.5);
  });
});

it.each<[string, boolean]>([
  ['$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy', true],
  ['$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$sQyrAaMcpEhw4F2oyGmzDJ8XZ1nDXgCVQZ2wNf0Jc6k', true],
  ['5f4dcc3b5aa765d61d8327deb882cf99', false],
])('%s can be taken over: %s', (text, expected) => {
  expect(isKnownHash(text)).toBe(expected);
});
