import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { startGateway, type Gateway } from '../../src/bootstrap.js';
import { builtIns } from '../../src/extensions.js';
import { describePostgres, startPostgres } from '../support/databases.js';
import type { PostgresServer } from '../support/postgres.js';
import { findRedis, RedisServer } from '../support/redis.js';

// Platforms start in each suite; machines may be busy, and what is before all is not done twice.
jest.setTimeout(60_000);

const redis = await findRedis();
const describeEngines = redis === null ? describe.skip : describePostgres;

/** A platform's gateway to start. */
export interface Opening {
  /** Of the platform, such as `deploy/platforms/presencepro/gateway.yaml`. */
  readonly file: string;
  /** Variables of the platform. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A platform's gateway that runs. */
export interface OpenPlatform extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly url: string;
  /** Of what it keeps; goes with it. */
  readonly folder: string;
  /** All variables it was started with. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a platform's gateway on a free port, its log silent. What it keeps is in a folder (`DATA_DIR`), or in a schema and
 * below a prefix, that nobody else has.
 */
export type Open = (opening: Opening) => Promise<OpenPlatform>;

/** On what is embedded. */
export const openEmbedded: Open = (opening) => opened(opening, {});

/** Runs the same suite on what is embedded, and again with a real Redis and a real PostgreSQL. */
export function onBothWays(suite: (open: Open) => void): void {
  describe('on embedded defaults', () => { suite(openEmbedded); });
  describeEngines('with Redis and PostgreSQL', () => {
    let engines: { readonly redis: RedisServer; readonly postgres: PostgresServer };
    beforeAll(async () => {
      const [server, postgres] = await Promise.all([RedisServer.start(redis as string), startPostgres()]);
      engines = { redis: server, postgres };
    }, 120_000);
    afterAll(() => Promise.all([engines.redis[Symbol.asyncDispose](), engines.postgres[Symbol.asyncDispose]()]));
    suite((opening) => opened(opening, {
      PASSERELLE__REDIS__URL: engines.redis.url,
      PASSERELLE__REDIS__PREFIX: `${randomUUID()}:`,
      PASSERELLE__DATABASE__URL: engines.postgres.url,
      PASSERELLE__DATABASE__SCHEMA: `platform_${randomUUID().replaceAll('-', '')}`,
      PASSERELLE__DATABASE__MIGRATE: 'auto',
      // Tests run on machines that do much else.
      PASSERELLE__REDIS__TIMEOUT: '5s',
      PASSERELLE__DATABASE__CONNECT_TIMEOUT: '10s',
      PASSERELLE__DATABASE__TIMEOUT: '10s',
    }));
  });
}

async function opened({ env = {}, file }: Opening, engines: Readonly<Record<string, string>>): Promise<OpenPlatform> {
  const folder = await mkdtemp(path.join(tmpdir(), 'passerelle-platform-'));
  const leave = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const all = { DATA_DIR: folder, PASSERELLE__LOG__LEVEL: 'silent', PASSERELLE__LOG__ACCESS: 'off', ...engines, ...env };
  try {
    const gateway = await startGateway({ file, builtIns, port: 0, host: '127.0.0.1', env: all });
    const end = async (): Promise<void> => {
      await gateway.close();
      await leave();
    };
    return { gateway, url: gateway.url, folder, env: all, [Symbol.asyncDispose]: end };
  } catch (error) {
    await leave();
    throw error;
  }
}
