import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { build } from '../support/passerelle.js';
import { FaultyTarget } from './support/faulty-target.js';
import { MEASURING, record, rounded, UNDER_LOAD } from './support/figures.js';
import { Clients, Outcome } from './support/load.js';
import { Platform } from './support/platform.js';

const MORE_TIME = MEASURING ? 600_000 : 90_000;
/** Milliseconds between two logins: 500 in a minute. */
const EVERY = 120;
const ACCOUNTS = 20;
const ROUNDS = MEASURING ? 4 : 1;
const PASSWORD = 'correct horse battery staple';

const yaml = (target: string): string => `
database: { timeout: 10s, connectTimeout: 10s }
identity: { signing: { algorithm: HS256, secret: a-secret-of-thirty-two-bytes-at-least } }
authenticate: { users: { use: identity } }
services: { a: { targets: "${target}" } }
routes: { a: { match: { path: /a/** }, to: a } }
endpoints: { identity: { at: /auth } }`;

beforeAll(build, 180_000);

describe('logins and proxied requests at the same time', () => {
  let target: FaultyTarget;
  let platform: Platform;
  let token = '';

  const post = async (operation: string, account: number): Promise<{ status: number; milliseconds: number; body: { access_token: string } }> => {
    const startedAt = performance.now();
    const answer = await request(`${platform.url}/auth/${operation}`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email: `user${account}@example.org`, password: PASSWORD }),
    });
    const body = await answer.body.json() as { access_token: string };
    return { status: answer.statusCode, milliseconds: performance.now() - startedAt, body };
  };

  /** One after the other at their moments, whether or not those before are answered. */
  const logins = async (milliseconds: number): Promise<Outcome> => {
    const asked = Array.from({ length: Math.floor(milliseconds / EVERY) }, async (_, index) => {
      await sleep(index * EVERY);
      const { milliseconds: took, status } = await post('login', index % ACCOUNTS);
      return { method: 'POST', status, milliseconds: took, error: null };
    });
    return new Outcome(await Promise.all(asked));
  };

  const proxied = (): Clients => new Clients({ url: platform.url, clients: 8, pause: 10, ask: () => ({ method: 'GET', path: '/a/x', headers: { authorization: `Bearer ${token}` } }) });

  beforeAll(async () => {
    target = await FaultyTarget.start();
    platform = await Platform.start(yaml(target.url));
    for (let account = 0; account <= ACCOUNTS; account++) expect((await post('register', account)).status).toBe(201);
    // One who does not log in again: sessions that are too many would end his.
    token = (await post('login', ACCOUNTS)).body.access_token;
    await proxied().during(500).then((clients) => clients.stop());
  }, MORE_TIME);
  afterAll(() => Promise.all([platform, target].map((each) => each[Symbol.asyncDispose]())));

  it('A4: neither fails for the other', async () => {
    const [alone, beside, entered]: [Outcome[], Outcome[], Outcome[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      alone.push(await proxied().during(UNDER_LOAD).then((clients) => clients.stop()));
      const clients = proxied();
      entered.push(await logins(UNDER_LOAD));
      beside.push(await clients.stop());
    }
    for (const [what, outcomes] of [['proxied requests alone', alone], ['proxied requests beside 500 logins a minute', beside], ['those logins', entered]] as const) {
      const outcome = Outcome.all(outcomes);
      record(what, { requests: outcome.total, 'p50 ms': rounded(outcome.percentile(0.5), 2), 'p99 ms': rounded(outcome.percentile(0.99), 2), 'slowest ms': rounded(outcome.percentile(1)) });
      expect([what, outcome.statuses]).toEqual([what, [200]]);
    }
  }, MORE_TIME);
});
