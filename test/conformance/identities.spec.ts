import { SECRET, token } from '../support/jwt.js';
import { ok, unchanged, type Answer } from './support/answers.js';
import { Bench } from './support/conformance.js';
import { values, type Reply } from './support/client.js';
import type { Script } from './support/origin.js';

const FRESH = 'Cache-Control: max-age=60';
const PUBLIC = 'Cache-Control: public, max-age=60';

/** Callers show who they are by a field, by the query or by a cookie; in three more places a route asks for more than the defaults. */
const FILE = `
authenticate: { users: { use: jwt, secret: "${SECRET}", algorithms: [HS256], from: [{ header: Authorization, scheme: Bearer }, { header: X-Token }, { query: token }, { cookie: session }] } }
services: { echo: { targets: "\${ORIGIN}" } }
routes:
  open: { match: { path: /**, headers: { X-Route: open } }, to: echo, authenticate: none, cache: {} }
  share: { match: { path: /**, headers: { X-Route: share } }, to: echo, authenticate: none, cache: { cookies: share } }
  own: { match: { path: /**, headers: { X-Route: own } }, to: echo, cache: { key: { principal: on } } }
  ownCookies: { match: { path: /**, headers: { X-Route: own-cookies } }, to: echo, cache: { cookies: share, key: { principal: on } } }
  cookies: { match: { path: /**, headers: { X-Route: cookies } }, to: echo, cache: { cookies: share } }
  users: { match: { path: /** }, to: echo, cache: {} }
`;

type Show = (jwt: string) => { readonly query?: string; readonly lines?: readonly string[] };
const ways: Readonly<Record<string, Show>> = {
  'a bearer token': (jwt) => ({ lines: [`Authorization: Bearer ${jwt}`] }),
  'a field of its own': (jwt) => ({ lines: [`X-Token: ${jwt}`] }),
  'the query': (jwt) => ({ query: `?token=${jwt}` }),
  'a cookie': (jwt) => ({ lines: [`Cookie: session=${jwt}`] }),
};

describe('9111 3.5: whoever shows who they are gets what is theirs', () => {
  let bench: Bench;
  let ann = '';
  let bob = '';
  let script: Script;

  beforeAll(async () => {
    bench = await Bench.start(FILE);
    [ann, bob] = await Promise.all([token({ sub: 'ann' }), token({ sub: 'bob' })]);
  });
  afterAll(() => bench[Symbol.asyncDispose]());
  beforeEach(() => { script = bench.script(); });

  /** One request after the other; the origin has an answer for each. @returns bodies, and how often the origin was asked. */
  const bodies = async (answer: Answer, route: string, calls: readonly ReturnType<Show>[]): Promise<string[]> => {
    const texts: string[] = [];
    for (const call of calls) {
      script.answers.splice(0, Infinity, answer);
      texts.push((await send(route, call)).text);
    }
    return texts;
  };
  const send = (route: string, { query = '', lines = [] }: ReturnType<Show>): Promise<Reply> =>
    bench.client.send('GET', script.place.path + query, [...(route ? [`X-Route: ${route}`] : []), ...lines]);

  describe.each(Object.entries(ways))('by %s', (_name, by) => {
    const shared = by('x').lines?.[0]?.startsWith('Cookie') ? 'cookies' : '';

    it('must: a lifetime alone shares nothing, not even with the same caller', async () => {
      expect(await bodies(ok(FRESH), shared, [by(ann), by(bob), by(ann)])).toEqual(['answer 1', 'answer 2', 'answer 3']);
    });

    it.each([['public, max-age=60'], ['s-maxage=60'], ['max-age=60, must-revalidate']])('should: %s is for all', async (directives) => {
      expect(await bodies(ok(`Cache-Control: ${directives}`), shared, [by(ann), by(bob)])).toEqual(['answer 1', 'answer 1']);
    });

    it.each([['private, max-age=60'], ['private, public, s-maxage=60'], ['no-store, public, max-age=60']])('must: %s is for nobody else', async (directives) => {
      expect(await bodies(ok(`Cache-Control: ${directives}`), shared, [by(ann), by(bob)])).toEqual(['answer 1', 'answer 2']);
    });

    it('must: what may be shared goes to nobody who is not let in', async () => {
      expect(await bodies(ok(PUBLIC), shared, [by(ann)])).toEqual(['answer 1']);
      const refused = await send(shared, {});
      expect([refused.status, values(refused.headers, 'age'), script.asked.length]).toEqual([401, [], 1]);
    });

    it('must: identical requests at the same time do not share what is private', async () => {
      const answer = { ...ok('Cache-Control: private, max-age=60'), delay: 150 };
      script.answers.push(answer, answer, answer);
      const replies = await Promise.all([ann, bob, ann].map((jwt) => send(shared, by(jwt))));
      expect(replies.map(({ text }) => text).toSorted()).toEqual(['answer 1', 'answer 2', 'answer 3']);
    });

    it('must: nor what has a lifetime alone', async () => {
      const answer = { ...ok(FRESH), delay: 150 };
      script.answers.push(answer, answer);
      const replies = await Promise.all([ann, bob].map((jwt) => send(shared, by(jwt))));
      expect(replies.map(({ text }) => text).toSorted()).toEqual(['answer 1', 'answer 2']);
    });

    const own = shared ? 'own-cookies' : 'own';

    it('may: with a key of their own, callers have answers of their own, private ones too', async () => {
      expect(await bodies(ok('Cache-Control: private, max-age=60'), own, [by(ann), by(bob), by(ann), by(bob)])).toEqual(['answer 1', 'answer 2', 'answer 1', 'answer 2']);
    });

    it('must: with a key of their own, public ones are not given to others unknown to it', async () => {
      expect((await bodies(ok(FRESH), own, [by(ann), by(bob), by(ann)])).slice(0, 2)).toEqual(['answer 1', 'answer 2']);
    });

    it('must: with a key of their own, no-store is no-store', async () => {
      expect(await bodies(ok('Cache-Control: no-store'), own, [by(ann), by(ann)])).toEqual(['answer 1', 'answer 2']);
    });

    it('must: with a key of their own, one is not validated with the tag of the other', async () => {
      script.answers.push(ok('Cache-Control: private, no-cache', 'ETag: "a"'), ok('Cache-Control: private, no-cache', 'ETag: "b"'), unchanged('ETag: "a"'));
      const replies = [await send(own, by(ann)), await send(own, by(bob)), await send(own, by(ann))];
      expect(replies.map(({ text }) => text)).toEqual(['answer 1', 'answer 2', 'answer 1']);
      expect(script.asked.map(({ headers }) => headers.get('if-none-match'))).toEqual([undefined, undefined, '"a"']);
    });
  });

  it('must: two ways to show who one is share nothing either', async () => {
    expect(await bodies(ok(FRESH), '', [ways['a bearer token']?.(ann) ?? {}, ways['a field of its own']?.(bob) ?? {}])).toEqual(['answer 1', 'answer 2']);
  });

  describe('cookies, where nobody is asked who they are', () => {
    const cookie = (value: string) => ({ lines: [`Cookie: ${value}`] });

    it.each([
      ['may: what a request with cookies got is not for others', [cookie('a=1'), {}]],
      ['may: nor for others with cookies', [cookie('a=1'), cookie('a=2')]],
      ['may: nor for the same again', [cookie('a=1'), cookie('a=1')]],
      ['may: what a request without got is not for one with cookies', [{}, cookie('a=1')]],
      ['may: not even where it is public', [cookie('a=1'), cookie('a=2')]],
    ])('%s', async (name, calls) => {
      expect(await bodies(ok(name.includes('public') ? PUBLIC : FRESH), 'open', calls)).toEqual(['answer 1', 'answer 2']);
    });

    it('must: one with cookies leaves what others got as it is', async () => {
      expect(await bodies(ok(FRESH), 'open', [{}, cookie('a=1'), {}])).toEqual(['answer 1', 'answer 2', 'answer 1']);
    });

    it('must: at the same time they share nothing', async () => {
      const answer = { ...ok(FRESH), delay: 150 };
      script.answers.push(answer, answer);
      const replies = await Promise.all(['a=1', 'a=2'].map((value) => send('open', cookie(value))));
      expect(replies.map(({ text }) => text).toSorted()).toEqual(['answer 1', 'answer 2']);
    });

    it('may: shared, where the route says so', async () => {
      expect(await bodies(ok(FRESH), 'share', [cookie('a=1'), cookie('a=2'), {}])).toEqual(['answer 1', 'answer 1', 'answer 1']);
    });

    it('must: but not what is private, nor what varies by them', async () => {
      expect(await bodies(ok('Cache-Control: private, max-age=60'), 'share', [cookie('a=1'), cookie('a=2')])).toEqual(['answer 1', 'answer 2']);
      expect(await bodies(ok(FRESH, 'Vary: Cookie'), 'share', [cookie('a=1'), cookie('a=2'), cookie('a=1')])).toEqual(['answer 3', 'answer 4', 'answer 3']);
    });
  });
});

describe('9111 4: identical requests at the same time', () => {
  let bench: Bench;
  beforeAll(async () => { bench = await Bench.start(); });
  afterAll(() => bench[Symbol.asyncDispose]());

  /** So many at once, each with lines of its own. */
  const together = async (answer: Answer, lines: readonly (readonly string[])[]): Promise<{ readonly texts: readonly string[]; readonly asked: number }> => {
    const script = bench.script();
    script.answers.push(...lines.map(() => ({ ...answer, delay: 150 })));
    const replies = await Promise.all(lines.map((each) => bench.client.send('GET', script.place.path, each)));
    return { texts: replies.map(({ text }) => text).toSorted(), asked: script.asked.length };
  };

  it('may: share what may be reused', async () => {
    expect(await together(ok(FRESH), [[], [], []])).toEqual({ texts: ['answer 1', 'answer 1', 'answer 1'], asked: 1 });
  });

  it.each([
    ['private', ok('Cache-Control: private, max-age=60'), [[], [], []]],
    ['no-store', ok('Cache-Control: no-store'), [[], [], []]],
    ['no-cache', ok('Cache-Control: no-cache'), [[], [], []]],
    ['no lifetime', ok(), [[], [], []]],
    ['Vary: *', ok(FRESH, 'Vary: *'), [[], [], []]],
    ['another variant each', ok(FRESH, 'Vary: X-A'), [['X-A: 1'], ['X-A: 2'], ['X-A: 3']]],
    ['Authorization', ok(FRESH), [['Authorization: Basic YTph'], ['Authorization: Basic Yjpi'], ['Authorization: Basic Yzpj']]],
    ['no-store of the requests', ok(FRESH), [['Cache-Control: no-store'], ['Cache-Control: no-store'], ['Cache-Control: no-store']]],
  ])('must: do not share what may not be: %s', async (_name, answer, lines) => {
    expect(await together(answer, lines)).toEqual({ texts: ['answer 1', 'answer 2', 'answer 3'], asked: 3 });
  });

  it('must: POST is never shared', async () => {
    const script = bench.script();
    script.answers.push({ ...ok(FRESH), delay: 100 }, { ...ok(FRESH), delay: 100 });
    const replies = await Promise.all([1, 2].map(() => bench.client.send('POST', script.place.path, [], 'x')));
    expect(replies.map(({ text }) => text).toSorted()).toEqual(['answer 1', 'answer 2']);
  });
});
