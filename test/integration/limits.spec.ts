import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type Exchange, type LimitReport } from '#libs/kernel';
import { echoService, until, type EchoService } from '#libs/testing';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';
import { open, refused, socketService } from '../support/websocket.js';

/** One public route with a limit; the client says who it is, for the loopback interface is a proxy we trust. */
const file = (limit: string, more = '', top = ''): string =>
  `forwarded: { trust: [loopback] }\n${top}\nroutes: { r: { match: { path: /r/** }, to: echo, authenticate: none, limit: ${limit}${more} } }`;

const from = (address: string, headers: Record<string, string> = {}) => ({ headers: { 'x-forwarded-for': address, ...headers } });

async function statuses(gw: TestGateway, count: number, init: Parameters<TestGateway['fetch']>[1] = {}, path = '/r/x'): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push((await gw.fetch(path, init)).status);
  return all;
}

/** How many of so many at once pass. */
async function passing(gw: TestGateway, count: number, init: Parameters<TestGateway['fetch']>[1] = {}, path = '/r/x'): Promise<number> {
  const replies = await Promise.all(Array.from({ length: count }, () => gw.fetch(path, init)));
  return replies.filter(({ status }) => status === 200).length;
}

/** What the limits said of each exchange that closed meanwhile, so many of them. */
async function reports(count: number, run: () => Promise<unknown>): Promise<readonly (readonly LimitReport[])[]> {
  const seen: (readonly LimitReport[])[] = [];
  const stop = events.exchangeClosed.subscribe(({ limits }: Exchange) => seen.push(limits));
  await run();
  await until(() => seen.length >= count);
  stop();
  return seen;
}

/** Quotas leave a file behind. */
function dataFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'passerelle-limits-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

describe('L1: a limit', () => {
  it.each([
    ['a rate', '5/h'],
    ['a token bucket', '{ rate: 100/h, burst: 5 }'],
    ['a bucket that is not full at first', '{ rate: 100/h, initial: 5 }'],
    ['a sliding window', '{ use: sliding-window, rate: 5/h }'],
    ['a fixed window', '{ use: fixed-window, rate: 5/h }'],
    ['the tightest of several', '[1000/s, { rate: 5/h }, { use: fixed-window, rate: 7/h }]'],
    ['what requests cost', '{ rate: 10/h, cost: 2 }'],
  ])('lets through exactly what it says, at once and of 200 at the same time: %s', async (_name, limit) => {
    await using gw = await gateway(file(limit));
    expect(await passing(gw, 200)).toBe(5);
  });

  it('refuses with 429, says which limit and when to come back', async () => {
    await using gw = await gateway(file('{ use: fixed-window, rate: 1/min, name: logins }'));
    await gw.fetch('/r/x');
    const { headers, json, status } = await gw.fetch('/r/x');
    const left = Number(json()['retryAfter']);
    // A second may have passed, or some.
    expect([status, left > 40, left <= 60]).toEqual([429, true, true]);
    expect(json()).toMatchObject({ code: 'too-many-requests', limit: 'logins', detail: `The limit logins is used up. Come back in ${left} s.` });
    expect(headers).toMatchObject({ 'retry-after': String(left), ratelimit: `"logins";r=0;t=${left}`, 'ratelimit-policy': '"logins";q=1;w=60', 'cache-control': 'no-store' });
  });

  it('gives room again when its time has come', async () => {
    await using gw = await gateway(file('{ use: fixed-window, rate: 2/3s }'));
    expect(await statuses(gw, 3)).toEqual([200, 200, 429]);
    await sleep(3_050);
    expect(await statuses(gw, 3)).toEqual([200, 200, 429]);
  });

  it('takes nothing from the others when one of several refuses', async () => {
    await using gw = await gateway(file('[{ use: fixed-window, rate: 2/h, by: { header: x-a } }, { use: fixed-window, rate: 4/h }]'));
    expect(await statuses(gw, 5, { headers: { 'x-a': '1' } })).toEqual([200, 200, 429, 429, 429]);
    expect(await statuses(gw, 3, { headers: { 'x-a': '2' } })).toEqual([200, 200, 429]);
  });

  it('goes on counting over a reload, also with another rate', async () => {
    await using gw = await gateway(file('{ use: fixed-window, rate: 3/h }'));
    expect(await statuses(gw, 2)).toEqual([200, 200]);
    const { echo: { url } } = gw;
    const rewrite = (limit: string): Promise<void> => gw.rewrite(`version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "${url}" } }\n${file(limit)}`);
    await rewrite('{ use: fixed-window, rate: 4/h }');
    expect(await statuses(gw, 3)).toEqual([200, 200, 429]);
    await rewrite('off');
    expect(await statuses(gw, 2)).toEqual([200, 200]);
  });

  it('holds for each route alone, unless they share it', async () => {
    const route = (name: string, limit: string): string => `  ${name}: { match: { path: /${name} }, to: echo, authenticate: none, limit: ${limit} }\n`;
    await using alone = await gateway(`routes:\n${route('a', '1/h')}${route('b', '1/h')}`);
    expect([...await statuses(alone, 2, {}, '/a'), ...await statuses(alone, 2, {}, '/b')]).toEqual([200, 429, 200, 429]);
    const shared = '{ rate: 3/h, share: all }';
    await using together = await gateway(`routes:\n${route('a', shared)}${route('b', shared)}`);
    expect([...await statuses(together, 2, {}, '/a'), ...await statuses(together, 2, {}, '/b')]).toEqual([200, 200, 200, 429]);
  });

  it('holds for endpoints, and WebSockets', async () => {
    await using service = await socketService();
    await using gw = await gateway(`${file('2/h')}\nendpoints: { info: { limit: 1/h } }`, { echo: service });
    expect(await statuses(gw, 2, {}, '/gateway/info')).toEqual([200, 429]);
    for (let i = 0; i < 2; i++) (await open(`${gw.url}/r/x`)).terminate();
    expect((await refused(`${gw.url}/r/x`)).status).toBe(429);
  });

  it('spares the preflights of browsers', async () => {
    await using gw = await gateway(file('1/h', ', cors: { origins: ["https://a.example"] }'));
    const ask = { method: 'OPTIONS', headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' } };
    expect(await statuses(gw, 3, ask)).toEqual([204, 204, 204]);
    const replies = [await gw.fetch('/r/x', { headers: { origin: 'https://a.example' } }), await gw.fetch('/r/x', { headers: { origin: 'https://a.example' } })];
    expect(replies.map(({ status }) => status)).toEqual([200, 429]);
    expect(replies[1]?.headers['access-control-allow-origin']).toBe('https://a.example');
    expect(replies[1]?.headers['access-control-expose-headers']).toContain('RateLimit');
  });
});

describe('L1: whose requests count together', () => {
  const twice = async (by: string, one: Parameters<TestGateway['fetch']>[1], other: Parameters<TestGateway['fetch']>[1]): Promise<number[]> => {
    await using gw = await gateway(file(`{ rate: 1/h, by: ${by} }`));
    return [...await statuses(gw, 2, one), ...await statuses(gw, 1, other)];
  };
  const post = (body: string, type = 'application/json') => ({ method: 'POST', headers: { 'content-type': type }, body });

  it.each<[string, string, Parameters<TestGateway['fetch']>[1], Parameters<TestGateway['fetch']>[1]]>([
    ['an address', 'ip', from('192.0.2.1'), from('192.0.2.2')],
    ['a network of IPv6', 'ip', from('2001:db8:1:200::1'), from('2001:db8:1:300::1')],
    ['a header', '{ header: X-Key }', { headers: { 'x-key': 'a' } }, { headers: { 'x-key': 'b' } }],
    ['a method', 'method', { method: 'GET' }, { method: 'PUT' }],
    ['an agent', 'agent', { headers: { 'user-agent': 'a' } }, { headers: { 'user-agent': 'b' } }],
    ['an address and an agent', '[ip, agent]', from('192.0.2.1', { 'user-agent': 'a' }), from('192.0.2.1', { 'user-agent': 'b' })],
    ['a field of a JSON body', '{ body: email }', post('{"email":"a@x"}'), post('{"email":"b@x"}')],
    ['a field of a form', '{ body: email }', post('email=a%40x&p=1', 'application/x-www-form-urlencoded'), post('email=b', 'application/x-www-form-urlencoded')],
  ])('%s', async (_name, by, one, other) => {
    expect(await twice(by, one, other)).toEqual([200, 429, 200]);
  });

  it.each<[string, string, Parameters<TestGateway['fetch']>[1], Parameters<TestGateway['fetch']>[1]]>([
    ['addresses of one IPv6 network', 'ip', from('2001:db8:1:200::1'), from('2001:db8:1:2ff:ffff::9')],
    ['an account in other letters', '{ body: email }', post('{"email":"a@x"}'), post('{"email":" A@X "}')],
    ['an account in wide letters', '{ body: email }', post('{"email":"a@x"}'), post('{"email":"\uff41@x"}')],
    ['an account that is there twice', '{ body: email }', post('{"a":{"email":1},"email":"a@x","email":"b@x"}'), post('{"email":"a@x","\\u0065mail":"c@x"}')],
    ['an account in two spellings', '{ body: email }', post('{"email":"b@x","Email":"a@x"}'), post('{"email":"c@x","Email":"a@x"}')],
    ['an account that is twice in a form', '{ body: email }', post('email=a&email=b', 'application/x-www-form-urlencoded'), post('email=a&Email=c', 'application/x-www-form-urlencoded')],
    ['bodies without the field', '{ body: email }', post('{"email":["a@x"]}'), post('not json')],
    ['bodies that are too long', '{ body: email }', post(`{"email":"a","x":"${'x'.repeat(70_000)}"}`), post(`{"email":"b","x":"${'x'.repeat(70_000)}"}`)],
    ['everybody on the route', 'route', from('192.0.2.1'), from('192.0.2.2')],
  ])('not %s', async (_name, by, one, other) => {
    expect(await twice(by, one, other)).toEqual([200, 429, 429]);
  });

  it.each([
    ['whole', '{"email":"a@x","b":1}'],
    ['in chunks', null],
    ['longer than is looked at', `{"email":"a","x":"${'y'.repeat(200_000)}"}`],
    ['empty', ''],
  ])('passes the body on that it has read: %s', async (_name, text) => {
    await using gw = await gateway(file('{ rate: 5/h, by: { body: email } }'));
    const body = text ?? (await import('node:stream')).Readable.from(['{"email":', '"a@x"', '}']);
    const { seen, status } = await gw.fetch('/r/x', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect([status, seen.body]).toEqual([200, text ?? '{"email":"a@x"}']);
  });

  it('waits no longer for a body than its client stays', async () => {
    await using gw = await gateway(file('{ rate: 5/h, by: { body: email } }'));
    const next = (event: 'exchangeOpened' | 'exchangeClosed'): Promise<Exchange> => new Promise((resolve) => {
      const stop = events[event].subscribe((exchange) => { stop(); resolve(exchange); });
    });
    const [opened, closed] = [next('exchangeOpened'), next('exchangeClosed')];
    const socket = connect(gw.port, '127.0.0.1');
    socket.write('POST /r/x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"email":');
    await opened;
    await sleep(20);
    socket.destroy();
    const { limits, problem } = await closed;
    expect([limits, problem === null]).toEqual([[], false]);
    expect(gw.echo.requests).toHaveLength(0);
  });

  it('still refuses a body over the limit of the route that comes in chunks', async () => {
    await using gw = await gateway(file('{ rate: 5/h, by: { body: email } }', ', body: { limit: 10b }'));
    const body = (await import('node:stream')).Readable.from(['{"email":', '"a@x.example"', '}']);
    expect((await gw.fetch('/r/x', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status).toBe(413);
  });

  describe('callers', () => {
    const users = (limit: string): string => `${USERS}\nroles: { implies: { admin: [teacher] } }\nroutes: { r: { match: { path: /r/** }, to: echo, limit: ${limit} } }`;
    const as = async (sub: string, role?: string) => ({ headers: { authorization: `Bearer ${await token({ sub, ...(role && { role }) })}` } });

    it('counts by user where there are users', async () => {
      await using gw = await gateway(users('2/h'));
      expect(await statuses(gw, 3, await as('ada'))).toEqual([200, 200, 429]);
      expect(await statuses(gw, 3, await as('bob'))).toEqual([200, 200, 429]);
    });

    it('takes nothing for requests that are refused before', async () => {
      await using gw = await gateway(users('{ rate: 1/h, by: ip }'));
      expect(await statuses(gw, 3)).toEqual([401, 401, 401]);
      expect(await statuses(gw, 2, await as('ada'))).toEqual([200, 429]);
    });

    it('has other rates for roles, the most generous of which holds', async () => {
      await using gw = await gateway(users('{ rate: 1/h, roles: { teacher: 2/h, admin: 3/h, robot: off, guest: 1/h } }'));
      expect(await statuses(gw, 2, await as('s', 'student'))).toEqual([200, 429]);
      expect(await statuses(gw, 3, await as('t', 'teacher'))).toEqual([200, 200, 429]);
      expect(await statuses(gw, 4, await as('a', 'admin'))).toEqual([200, 200, 200, 429]);
      expect(await statuses(gw, 9, await as('r', 'robot'))).not.toContain(429);
    });

    it('exempts addresses, users and roles', async () => {
      await using gw = await gateway(`forwarded: { trust: [loopback] }\n${users('{ rate: 1/h, by: route, exempt: { ips: [192.0.2.0/24], users: [ada], roles: [teacher] } }')}`);
      const bob = (await as('bob')).headers;
      for (const init of [from('192.0.2.7', bob), await as('ada'), await as('t', 'teacher'), await as('a', 'admin')]) expect(await statuses(gw, 3, init)).toEqual([200, 200, 200]);
      expect(await statuses(gw, 2, from('198.51.100.1', bob))).toEqual([200, 429]);
    });

    it('checks an early one before tokens are', async () => {
      await using gw = await gateway(users('[{ rate: 3/h, early: on }, 100/h]'));
      expect(await statuses(gw, 2, { headers: { authorization: 'Bearer nonsense' } })).toEqual([401, 401]);
      const [seen] = await reports(1, async () => expect(await statuses(gw, 1, await as('ada'))).toEqual([200]));
      expect(seen?.map(({ name, remaining }) => [name, remaining])).toEqual([['3/h', 0], ['100/h', 99]]);
      expect(await statuses(gw, 1, await as('ada'))).toEqual([429]);
      expect(await statuses(gw, 1, { headers: { authorization: 'Bearer nonsense' } })).toEqual([429]);
    });
  });
});

describe('L1: a guard of a login', () => {
  const guard = '[{ use: fixed-window, rate: 5/h, by: { body: email }, counts: { status: [401, 403] } }, { use: fixed-window, rate: 50/h, by: ip, counts: { status: 401 } }]';
  const attempt = (email: string, password: string, address = '192.0.2.1') => ({ method: 'POST', headers: { 'content-type': 'application/json', 'x-forwarded-for': address }, body: JSON.stringify({ email, password }) });
  let service: EchoService;
  beforeEach(async () => {
    service = await echoService((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => response.writeHead(text.includes('right') ? 200 : 401).end());
    });
  });

  it('counts what was refused, by account, wherever it comes from', async () => {
    await using gw = await gateway(file(guard), { echo: service });
    expect(await statuses(gw, 20, attempt('ada@x', 'right'))).not.toContain(429);
    const guesses: number[] = [];
    for (let i = 0; i < 7; i++) guesses.push((await gw.fetch('/r/x', attempt('ada@x', 'wrong', `192.0.2.${i}`))).status);
    expect(guesses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect((await gw.fetch('/r/x', attempt('ada@x', 'right'))).status).toBe(429);
    expect((await gw.fetch('/r/x', attempt('bob@x', 'right'))).status).toBe(200);
  });

  it('lets exactly so many guesses through at the same time', async () => {
    await using gw = await gateway(file(guard), { echo: service });
    const before = service.requests.length;
    const replies = await Promise.all(Array.from({ length: 100 }, () => gw.fetch('/r/x', attempt('ada@x', 'wrong'))));
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(service.requests.length - before).toBe(5);
  });
});

describe('L2: what clients and operators are told', () => {
  const names = (reply: Reply): string[] => Object.keys(reply.headers).filter((name) => /ratelimit|retry/.test(name)).sort();

  it.each<[string, string, Record<string, RegExp>, string[]]>([
    ['by default', '{}', { ratelimit: /^"2\/min";r=1;t=\d+$/, 'ratelimit-policy': /^"2\/min";q=2;w=60$/ }, ['ratelimit', 'ratelimit-policy', 'retry-after']],
    ['the older ones', '{ ietf: off, x: delta, window: on }', { 'x-ratelimit-limit': /^2$/, 'x-ratelimit-remaining': /^1$/, 'x-ratelimit-reset': /^\d{1,2}$/, 'x-ratelimit-window': /^60$/ }, ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'x-ratelimit-window']],
    ['by the clock', '{ ietf: off, x: unix }', { 'x-ratelimit-reset': /^\d{10}$/ }, ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']],
    ['nothing', '{ ietf: off, retryAfter: off }', {}, []],
  ])('%s', async (_name, headers, first, last) => {
    await using gw = await gateway(file('2/min', `, limitHeaders: ${headers}`));
    const answers = [await gw.fetch('/r/x'), await gw.fetch('/r/x'), await gw.fetch('/r/x')] as const;
    for (const [name, pattern] of Object.entries(first)) expect(answers[0].headers[name]).toMatch(pattern);
    expect(names(answers[0])).toEqual(last.filter((name) => name !== 'retry-after'));
    expect([answers[2].status, names(answers[2])]).toEqual([429, last]);
  });

  it('has a platform’s own words for it', async () => {
    const errors = `, limitHeaders: { retryAfter: off }, errors: { only: { too-many-requests: { body: { error: true, message: "Trop de requêtes", retry_after: "{retryAfter}" } } } }`;
    await using gw = await gateway(file('{ use: fixed-window, rate: 1/min }', errors));
    await gw.fetch('/r/x');
    const { headers, json } = await gw.fetch('/r/x');
    const { retry_after: left, ...words } = json();
    expect([words, Number(left) > 40, Number(left) <= 60]).toEqual([{ error: true, message: 'Trop de requêtes' }, true, true]);
    expect(headers['retry-after']).toBeUndefined();
  });

  it('refuses nobody in shadow mode, and counts whom it would have refused', async () => {
    await using gw = await gateway(file('[{ rate: 2/h, shadow: on, name: trial }, 5/h]'));
    const seen = await reports(6, async () => expect(await statuses(gw, 6)).toEqual([200, 200, 200, 200, 200, 429]));
    expect(seen.map((limits) => limits.find(({ name }) => name === 'trial')?.allowed)).toEqual([true, true, false, false, false, false]);
    expect((await gw.fetch('/r/x')).headers['ratelimit-policy']).toBe('"5/h";q=5;w=3600');
  });
});

describe('L4: quotas', () => {
  it('are kept in a file, over a restart', async () => {
    using data = dataFolder();
    const yaml = file('{ use: quota, rate: 3/month, zone: Europe/Paris }', '', `limits: { data: "${data.path}/deep/down" }`);
    {
      await using gw = await gateway(yaml);
      expect(await passing(gw, 2)).toBe(2);
    }
    await using gw = await gateway(yaml);
    expect(await passing(gw, 50)).toBe(1);
    const { headers, status } = await gw.fetch('/r/x');
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(31 * 86_400 + 3_600);
  });

  it('go together with limits, all or nothing', async () => {
    using data = dataFolder();
    await using gw = await gateway(file('[{ use: quota, rate: 4/day, by: route }, { use: fixed-window, rate: 2/h }]', '', `limits: { data: "${data.path}" }`));
    expect(await statuses(gw, 5, from('192.0.2.1'))).toEqual([200, 200, 429, 429, 429]);
    expect(await statuses(gw, 3, from('192.0.2.2'))).toEqual([200, 200, 429]);
    expect(await statuses(gw, 1, from('192.0.2.3'))).toEqual([429]);
  });

  it('say at the start that they cannot be kept', async () => {
    await expect(gateway(file('{ use: quota, rate: 3/day }', '', 'limits: { data: /dev/null/x }'))).rejects.toThrow(/^limits\.data: the quotas cannot be kept in \/dev\/null\/x\/limits\.db: /);
  });
});
