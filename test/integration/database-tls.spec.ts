import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority } from '../support/certificates.js';
import { describePostgres, openOn, startPostgres } from '../support/databases.js';
import type { PostgresServer } from '../support/postgres.js';

describePostgres('PostgreSQL over TLS', () => {
  let server: PostgresServer;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'passerelle-tls-'));
    await using authority = await Authority.create();
    await using stranger = await Authority.create('somebody else');
    const own = await authority.issue({ names: 'DNS:localhost' });
    const client = await authority.issue({ cn: 'gateway' });
    await Promise.all(Object.entries({ 'ca.pem': authority.cert, 'other.pem': stranger.cert, 'cert.pem': client.cert, 'key.pem': client.key }).map(([name, pem]) => writeFile(join(folder, name), pem)));
    server = await startPostgres({ tls: { identity: own, ca: authority.cert } });
  }, 120_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const shown = (): string => `&sslcert=${folder}/cert.pem&sslkey=${folder}/key.pem`;

  it.each([
    ['by the authority', () => `?sslmode=verify-ca&sslrootcert=${folder}/ca.pem${shown()}`, null],
    ['whoever it is', () => `?sslmode=require${shown()}`, null],
    ['by its name', () => `?host=localhost&sslmode=verify-full&sslrootcert=${folder}/ca.pem${shown()}`, null],
    ['by its name, which it is not', () => `?sslmode=verify-full&sslrootcert=${folder}/ca.pem${shown()}`, /IP: 127\.0\.0\.1 is not in the cert|does not match certificate's altnames/],
    ['by an authority that is not its own', () => `?sslmode=verify-ca&sslrootcert=${folder}/other.pem${shown()}`, /unable to verify|self-signed|local issuer/],
    ['by the authorities that Node knows', () => `?sslmode=verify-full${shown()}`, /unable to verify|self-signed|local issuer/],
    ['without a certificate of our own', () => `?sslmode=verify-ca&sslrootcert=${folder}/ca.pem`, /valid client certificate/],
    ['by a file that is not there', () => `?sslmode=verify-full&sslrootcert=${folder}/none.pem`, /ENOENT.*none\.pem/],
  ])('is taken for itself %s', async (_what, parameters, refused) => {
    await using test = await openOn(server)();
    const database = await test.another({ url: server.url + parameters(), schema: test.settings['schema'] });
    if (refused !== null) {
      expect(database.away).toMatch(refused);
      return;
    }
    expect(database.away).toBeNull();
    const { sql } = await import('kysely');
    const { rows } = await database.run((db) => sql<{ ssl: boolean }>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(db));
    expect(rows).toEqual([{ ssl: true }]);
  });
});
