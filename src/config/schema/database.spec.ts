import { databaseSchema } from './database.js';
import { parsePostgresUrl } from './postgres-url.js';

const plain = { host: 'db', port: 5432, user: 'me', password: null, database: 'me', sslMode: 'disable', sslRootCert: null, sslCert: null, sslKey: null };

it.each([
  ['postgresql://me@db', plain],
  ['postgres://me:p%40ss@db:5433/gateway', { ...plain, port: 5433, password: 'p@ss', database: 'gateway' }],
  ['postgres://m%2Fe@[::1]/a%20b', { ...plain, host: '::1', user: 'm/e', database: 'a b' }],
  ['postgresql://me@localhost/gateway?host=/var/run/postgresql', { ...plain, host: '/var/run/postgresql', database: 'gateway' }],
  ['postgresql://me@db/g?sslmode=require', { ...plain, database: 'g', sslMode: 'require' }],
  ['postgresql://me@db/g?sslmode=verify-full&sslrootcert=ca.pem&sslcert=c.pem&sslkey=k.pem', { ...plain, database: 'g', sslMode: 'verify-full', sslRootCert: 'ca.pem', sslCert: 'c.pem', sslKey: 'k.pem' }],
])('%s', (text, expected) => {
  expect(parsePostgresUrl(text)).toEqual(expected);
  expect(databaseSchema.safeParse({ url: text }).success).toBe(true);
});

it.each([
  ['mysql://me:hush@db/g', /^expected postgresql:\/\/user:password@host:port\/database/],
  ['me:hush@db/g', /^expected postgresql/],
  ['', /^expected postgresql/],
  ['postgresql://me:hush@db:99999/g', /^expected postgresql/],
  ['postgresql://db/g', /names no user/],
  ['postgresql:///g', /names no user/],
  ['postgresql://me:hu%zzsh@db/g', /not percent-encoded/],
  ['postgresql://me:hush@db/g?sslmode=prefer', /sslmode is none there is here: disable, require, verify-ca, verify-full/],
  ['postgresql://me:hush@db/g?schema=public', /a parameter that is not understood; those there are: host, sslmode/],
  ['postgresql://me:hush@db/g?sslrootcert=ca.pem', /asks for no TLS/],
  ['postgresql://me:hush@db/g?sslmode=require&sslcert=c.pem', /sslcert and sslkey go together/],
])('%s is refused', (text, message) => {
  expect(() => parsePostgresUrl(text)).toThrow(message);
  const { error } = databaseSchema.safeParse({ url: text });
  expect(JSON.stringify(error?.issues ?? [])).not.toContain('hush');
  if (text !== '') expect(error?.issues[0]?.message).toMatch(message);
});

it('has defaults for everything, and keeps the url to itself', () => {
  expect(databaseSchema.parse({})).toEqual({ file: './data/passerelle.db', schema: 'passerelle', pool: 10, timeout: 2000, connectTimeout: 2000, sync: 500 });
  const { url } = databaseSchema.parse({ url: 'postgresql://me:hush@db/g' });
  expect([String(url), url?.reveal()]).toEqual(['[redacted]', 'postgresql://me:hush@db/g']);
});

it.each([[{ schema: 'a"b' }], [{ pool: 1 }], [{ timeout: '0s' }], [{ migrate: 'never' }], [{ file: '' }], [{ unknown: 1 }]])('%j is refused', (settings) => {
  expect(databaseSchema.safeParse(settings).success).toBe(false);
});
