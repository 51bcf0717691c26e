import { readdirSync } from 'node:fs';
import { echoService } from '#libs/testing';
import { gateway, type Reply } from '../support/gateway.js';
import { SECRET, token } from '../support/jwt.js';
import { fencesOf, linksOf, read } from './markdown.js';

/** The whole files of a page, their services replaced by one of ours. */
const files = (page: string, url: string): readonly string[] => fencesOf(read(page))
  .filter(({ language, text }) => language === 'yaml' && text.startsWith('version: 1\n'))
  .map(({ text }) => text.replace('version: 1\n', '').replaceAll(/targets: "http:[^"]+"/g, `targets: "${url}"`));
const env = { JWT_SECRET_KEY: SECRET };

describe('docs/limits.md, over real sockets', () => {
  it('the first file: a hundred at once, then 429; the fields are those that are shown', async () => {
    await using service = await echoService((_request, response) => response.end());
    await using gw = await gateway(files('docs/limits.md', service.url)[0] as string, { env });
    const headers = { authorization: `Bearer ${await token({ sub: '7', role: 'teacher' })}` };
    const began = performance.now();
    const first = await gw.fetch('/attendance/7', { headers });
    const [shown] = fencesOf(read('docs/limits.md')).filter(({ language }) => language === 'text');
    expect(`RateLimit-Policy: ${String(first.headers['ratelimit-policy'])}\nRateLimit: ${String(first.headers['ratelimit'])}\n`).toBe(shown?.text);
    const rest: Reply[] = await Promise.all(Array.from({ length: 200 }, () => gw.fetch('/attendance/7', { headers })));
    // And what drips in meanwhile.
    expect(rest.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(100 + (performance.now() - began) / 600);
    expect(rest.find(({ status }) => status === 429)?.json()).toMatchObject({ code: 'too-many-requests', limit: '100/min' });
  });

  it('the guard of a login: five guesses, then no more for that account', async () => {
    await using service = await echoService((_request, response) => response.writeHead(401).end());
    await using gw = await gateway(files('docs/limits.md', service.url)[2] as string, { env });
    const guess = async (email: string): Promise<number> => (await gw.fetch('/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email }) })).status;
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push(await guess('ada@example.org'));
    expect([...statuses, await guess('bob@example.org')]).toEqual([401, 401, 401, 401, 401, 429, 401]);
  });

  it('the words of a platform', async () => {
    await using service = await echoService((_request, response) => response.end());
    await using gw = await gateway((files('docs/limits.md', service.url)[3] as string).replace('100/min', '1/min'), { env });
    await gw.fetch('/match/1');
    const { headers, json, status } = await gw.fetch('/match/1');
    expect([status, json()]).toEqual([429, { error: true, code: 'RATE_LIMIT_EXCEEDED', message: 'Trop de requêtes', retry_after: expect.any(Number) }]);
    // Of sixty seconds some may have passed.
    const { retry_after: wait } = json<{ retry_after: number }>();
    expect([wait > 50, wait <= 60]).toEqual([true, true]);
    expect([headers['x-ratelimit-limit'], headers['x-ratelimit-window'], headers['retry-after'], headers['ratelimit']]).toEqual(['1', '60', undefined, undefined]);
  });
});

describe('docs/cache.md, over real sockets', () => {
  it('the file does what is said of it', async () => {
    let count = 0;
    await using service = await echoService(({ url = '' }, response) => response.writeHead(url.includes('none') ? 404 : 200, url.startsWith('/items') || url.startsWith('/mine') ? { 'cache-control': 'private, max-age=60' } : {}).end(String(++count)));
    await using gw = await gateway(files('docs/cache.md', service.url)[0] as string, { env });
    const as = async (sub: string) => ({ headers: { authorization: `Bearer ${await token({ sub, role: 'operator' })}` } });
    const outcome = async (path: string, init = {}): Promise<string> => String((await gw.fetch(path, init)).headers['cache-status']).replace(/ttl=-?\d+/, 'ttl');
    expect([await outcome('/news/1'), await outcome('/news/1'), await outcome('/news/none'), await outcome('/news/none')]).toEqual([
      'Passerelle;fwd=uri-miss;fwd-status=200;ttl;stored', 'Passerelle;hit;ttl', 'Passerelle;fwd=uri-miss;fwd-status=404;ttl;stored', 'Passerelle;hit;ttl',
    ]);
    expect([await outcome('/items/1'), await outcome('/items/1')]).toEqual(Array(2).fill('Passerelle;fwd=uri-miss;fwd-status=200'));
    expect([await outcome('/mine/1', await as('a')), await outcome('/mine/1', await as('b')), await outcome('/mine/1', await as('a'))].map((text) => text.includes('hit'))).toEqual([false, false, true]);
    const purged = await gw.fetch('/admin/cache/purge?tag=news', { method: 'POST', ...(await as('a')) });
    expect([purged.json(), await outcome('/news/1')]).toEqual([{ memory: 2, redis: null }, 'Passerelle;fwd=uri-miss;fwd-status=200;ttl;stored']);
  });

  it('names every spec of conformance', () => {
    const named = linksOf(read('docs/cache.md')).filter((target) => target.startsWith('../test/conformance/')).map((target) => target.slice('../test/conformance/'.length));
    expect(named.toSorted()).toEqual(readdirSync(new URL('../conformance/', import.meta.url)).filter((name) => name.endsWith('.spec.ts')).toSorted());
  });
});
