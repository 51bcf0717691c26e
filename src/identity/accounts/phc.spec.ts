import { formatPhc, isBcrypt, parsePhc } from './phc.js';

const SALT = 'c29tZXNhbHRzb21lc2FsdA';
const TAG = 'sQyrAaMcpEhw4F2oyGmzDJ8XZ1nDXgCVQZ2wNf0Jc6k';
const phc = (parameters: string, salt = SALT, tag = TAG): string => `$argon2id$v=19$${parameters}$${salt}$${tag}`;

describe('PHC strings of argon2id', () => {
  it('come back as they were', () => {
    const text = phc('m=19456,t=2,p=1');
    const hash = parsePhc(text);
    expect(hash).toMatchObject({ memory: 19_456, passes: 2, parallelism: 1 });
    expect(hash && formatPhc(hash)).toBe(text);
  });

  it.each<[string, string]>([
    ['another algorithm', phc('m=19456,t=2,p=1').replace('argon2id', 'argon2i')],
    ['an old version', phc('m=19456,t=2,p=1').replace('v=19', 'v=16')],
    ['no version', phc('m=19456,t=2,p=1').replace('$v=19', '')],
    ['more memory than we would spend', phc('m=2000000,t=2,p=1')],
    ['more passes', phc('m=19456,t=99,p=1')],
    ['no pass', phc('m=19456,t=0,p=1')],
    ['more lanes', phc('m=19456,t=2,p=64')],
    ['less memory than its lanes need', phc('m=8,t=2,p=4')],
    ['parameters in another order', phc('t=2,m=19456,p=1')],
    ['a short salt', phc('m=19456,t=2,p=1', 'c29t')],
    ['no tag', phc('m=19456,t=2,p=1', SALT, '')],
    ['something behind it', `${phc('m=19456,t=2,p=1')}\n`],
  ])('with %s are none', (_, text) => {
    expect(parsePhc(text)).toBeNull();
  });
});

describe('hashes of bcrypt', () => {
  const rest = 'N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
  it.each<[string, boolean]>([
    [`$2a$10$${rest}`, true], [`$2b$04$${rest}`, true], [`$2y$15$${rest}`, true],
    [`$2b$16$${rest}`, false], [`$2b$31$${rest}`, false], [`$2b$03$${rest}`, false], [`$2x$10$${rest}`, false], [`$2b$10$${rest.slice(1)}`, false], ['', false],
  ])('%s: %s', (text, expected) => {
    expect(isBcrypt(text)).toBe(expected);
  });
});
