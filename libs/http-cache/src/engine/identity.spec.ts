import { Problem, problems, type Exchange, type Random } from '#libs/kernel';
import { seededRandom } from '#libs/testing';
import { MemoryStore } from '../memory-store.fixture.js';
import { read, respondLater, Scene, settle, type Asked } from './scene.fixture.js';

const USERS = ['ann', 'bob', 'eve'];
const LANGUAGES = ['de', 'fr', 'it'];
/** What a service says of answers that are for one caller. */
const PERSONAL = ['private, max-age=60', 'no-store', 'max-age=60', 'max-age=60, stale-while-revalidate=60', 'private, no-cache', 'max-age=1, stale-if-error=600'];
const GENERAL = ['public, max-age=60', 'public, max-age=1, stale-while-revalidate=60', 's-maxage=1, public', 'public, no-cache', 'no-store'];

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

function anybody(random: Random): Asked {
  const headers: Record<string, string> = { 'Accept-Language': pick(random, LANGUAGES) };
  if (random() < 0.1) headers['Cache-Control'] = pick(random, ['no-cache', 'max-stale', 'max-age=0', 'no-store']);
  if (random() < 0.1) headers['If-None-Match'] = '"etag"';
  if (random() < 0.05) headers['Range'] = 'bytes=0-';
  const who = random();
  if (who < 0.2) headers['Cookie'] = `session=${pick(random, USERS)}`;
  return { headers, path: pick(random, ['/a', '/b']), method: random() < 0.05 ? 'HEAD' : 'GET', ...(who > 0.6 && { user: pick(random, USERS) }) };
}

/** Who a request is from, in any way. */
function caller({ headers, principal }: Exchange): string {
  return `${principal?.id ?? ''}/${headers.cookie ?? ''}`;
}

/** Says who asked, and in which language, in its own time and in pieces; sometimes it breaks. */
function service(random: Random): Scene['respond'] {
  return async (exchange) => {
    await settle(Math.floor(random() * 4));
    if (random() < 0.05) throw new Problem(problems.targetUnreachable, 'gone');
    const isPersonal = caller(exchange) !== '/' && random() < 0.7;
    const varies = random() < 0.5;
    const { answer, body } = respondLater({
      'cache-control': pick(random, isPersonal ? PERSONAL : GENERAL),
      ...(varies && { vary: 'Accept-Language' }),
      ...(random() < 0.5 && { etag: `"${random()}"` }),
    });
    const text = `${isPersonal ? caller(exchange) : 'all'}|${varies ? exchange.headers['accept-language'] : 'any'}|`;
    void (async () => {
      body.push(Buffer.from(text.slice(0, 2)));
      await settle(Math.floor(random() * 3));
      body.push(Buffer.from(text.slice(2)));
      if (random() < 0.05) body.fail(new Error('broken'));
      else body.end();
    })();
    return answer;
  };
}

describe.each([false, true])('whoever asks (a key for each caller: %s)', (byPrincipal) => {
  it.each([1, 2, 3, 4, 5, 6])('gets only what is for them, in their language (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const scene = new Scene({ settings: { byPrincipal, staleIfError: 1_000 }, store: new MemoryStore({ slow: seed % 2 === 0 }), respond: service(random) });
    const asking: Promise<void>[] = [];
    const served = new Map<string, number>();
    for (let i = 0; i < 400; i++) {
      // With a key for each principal, a cookie is part of who they are.
      const { user, ...asked } = anybody(random);
      const { Cookie, ...headers } = asked.headers as Record<string, string>;
      const exchange = scene.open(byPrincipal ? { ...asked, headers, ...((user ?? Cookie) && { user: user ?? (Cookie as string) }) } : { ...asked, ...(user !== undefined && { user }) });
      asking.push(scene.send(exchange).then(read).then(({ text }) => {
        served.set(exchange.cached as string, (served.get(exchange.cached as string) ?? 0) + 1);
        if (text === '') return;
        const [who, language] = text.split('|');
        expect([who === 'all' ? caller(exchange) : who, language === 'any' ? exchange.headers['accept-language'] : language]).toEqual([caller(exchange), exchange.headers['accept-language']]);
      }, (error: unknown) => {
        if (!(error instanceof Error && /gone|broken|left/.test(error.message))) throw error;
      }));
      if (random() < 0.05) setImmediate(() => exchange.abort(new Problem(problems.clientClosed, 'left')));
      if (random() < 0.15) await settle(1);
      if (random() < 0.1) scene.clock.advance(random() * 5_000);
    }
    await Promise.all(asking);
    await settle(20);
    expect([scene.flights.size, (scene.store as MemoryStore).leases.size]).toEqual([0, 0]);
    // Or nothing was tried at all.
    for (const outcome of ['hit', 'miss', 'collapsed']) expect(served.get(outcome) ?? 0).toBeGreaterThan(3);
  }, 30_000);
});
