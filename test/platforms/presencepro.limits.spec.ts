import { jest } from '@jest/globals';
import { loadConfig } from '../../src/config/index.js';
import { builtIns } from '../../src/extensions.js';
import { SECRET } from '../support/jwt.js';
import { CONFIGURATION, FRONTEND, presencepro, type PresencePro } from './presencepro.fixture.js';

// A whole platform starts here, often beside others.
jest.setTimeout(60_000);

/** The limits of the platform, not those of its suites. */
const limited = (perMinute: number, burst: number): Promise<PresencePro> =>
  presencepro({ env: { RATE_LIMIT_REQUESTS_PER_MINUTE: String(perMinute), RATE_LIMIT_BURST: String(burst) } });

async function statuses(platform: PresencePro, count: number, path = '/health', headers: Record<string, string> = {}): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push((await platform.fetch(path, { headers })).status);
  return all;
}

const passed = (all: readonly number[]): number => all.filter((status) => status !== 429).length;

describe('PresencePro, L1, L2: how often one may', () => {
  it.each([
    ['in ten seconds', 100, 5, 'Rate limit exceeded (too many requests)', 10],
    ['in a minute', 5, 20, 'Rate limit exceeded', 60],
  ])('too often %s: the text and the wait that were promised, readable by its pages', async (_when, perMinute, burst, text, wait) => {
    await using platform = await limited(perMinute, burst);
    expect(await statuses(platform, 5)).toEqual([200, 200, 200, 200, 200]);
    const refused = await platform.fetch('/health', { headers: { origin: FRONTEND } });
    expect([refused.status, await refused.text(), refused.headers.get('content-type')]).toEqual([429, text, 'text/plain; charset=utf-8']);
    // Seconds may have passed since the first request on a busy machine.
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeLessThanOrEqual(wait);
    expect(seconds).toBeGreaterThan(wait - 8);
    expect([...refused.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
    expect(refused.headers.get('access-control-allow-origin')).toBe(FRONTEND);
    expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });

  it('all paths count together, and whoever has no token counts too', async () => {
    await using platform = await limited(7, 100);
    expect(await statuses(platform, 2)).toEqual([200, 200]);
    expect(await statuses(platform, 2, '/api/v1/attendance')).toEqual([401, 401]);
    expect(await statuses(platform, 2, '/api/v1/auth/me', { authorization: 'Bearer guessed' })).toEqual([401, 401]);
    expect(await statuses(platform, 2, '/gateway/info')).toEqual([200, 429]);
    expect(await statuses(platform, 1, '/api/v1/users')).toEqual([429]);
  });

  it('another agent at the same address has its own', async () => {
    await using platform = await limited(3, 100);
    expect(await statuses(platform, 4, '/health', { 'user-agent': 'one' })).toEqual([200, 200, 200, 429]);
    expect(await statuses(platform, 4, '/health', { 'user-agent': 'other' })).toEqual([200, 200, 200, 429]);
  });

  it('whoever asks whether the gateway is alive is never refused', async () => {
    await using platform = await limited(1, 1);
    expect(passed([...await statuses(platform, 5, '/health/live'), ...await statuses(platform, 5, '/health/ready')])).toBe(10);
  });

  it('as the environment has it, 20 and 100 without', async () => {
    const config = async (env: Record<string, string>) => (await loadConfig({ file: CONFIGURATION, env: { JWT_SECRET_KEY: SECRET, ...env }, builtIns })).config;
    const [standard, own] = [await config({}), await config({ RATE_LIMIT_REQUESTS_PER_MINUTE: '7', RATE_LIMIT_BURST: '3', REDIS_URL: 'redis://redis:6379/0' })];
    const rates = ({ routes }: typeof own): unknown => routes['attendance']?.limit;
    expect([rates(standard), standard.redis]).toEqual([[expect.objectContaining({ rate: '100/min' }), expect.objectContaining({ rate: '20/10s' })], undefined]);
    expect([rates(own), own.redis?.url.reveal()]).toEqual([[expect.objectContaining({ rate: '7/min' }), expect.objectContaining({ rate: '3/10s' })], 'redis://redis:6379/0']);
  });
});
