import { events, type Exchange } from '#libs/kernel';
import { echoService, type EchoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';
import { open, refused, socketService } from '../support/websocket.js';

const HEAD = `version: 1\nlog: { level: silent, access: off }\n${USERS}\n`;
const VARIANTS = 'variants: { stable: { weight: 50 }, canary: { to: next, weight: 50 } }';

const named = (name: string): Promise<EchoService> => echoService((request, response) => { request.resume(); response.end(name); });

const file = (now: string, next: string, split: string, route = 'authenticate: none'): string =>
  `${HEAD}services: { now: { targets: "${now}" }, next: { targets: "${next}" } }\nroutes: { all: { match: { path: /** }, to: now, split: { ${split}, answer: X-Variant }, ${route} } }`;

/** Two services and a gateway in front. */
class Stage implements AsyncDisposable {
  private constructor(readonly gw: TestGateway, private readonly services: readonly EchoService[], private readonly compose: (split: string, route?: string) => string) {}

  static async of(split: string, route?: string): Promise<Stage> {
    const [now, next] = [await named('now'), await named('next')];
    const compose = (written: string, more?: string): string => file(now.url, next.url, written, more);
    return new Stage(await gateway(compose(split, route)), [now, next], compose);
  }

  /** What was answered: the header, and who it was. */
  async get(headers: Record<string, string> = {}): Promise<[unknown, string]> {
    const answer = await this.gw.fetch('/a', { headers });
    return [answer.headers['x-variant'], answer.text];
  }

  resplit(split: string, route?: string): Promise<void> {
    return this.gw.rewrite(this.compose(split, route));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gw[Symbol.asyncDispose]();
    for (const service of this.services) await service.close();
  }
}

const bearer = async (sub: string, role = 'user'): Promise<Record<string, string>> => ({ authorization: `Bearer ${await token({ sub, role })}` });
const ROLES = 'authenticate: [users]';

describe('T15: splits', () => {
  it('keep to conditions first, in order, then to weights', async () => {
    const split = 'by: random, variants: { stable: { weight: 1 }, first: { when: { header: { x-v: [one, both] } } }, canary: { to: next, when: [{ header: { x-v: both } }, { cookie: { beta: "1" }, header: { x-off: false } }] } }';
    await using stage = await Stage.of(split);
    expect(await stage.get()).toEqual(['stable', 'now']);
    expect(await stage.get({ 'x-v': 'one' })).toEqual(['first', 'now']);
    expect(await stage.get({ 'x-v': 'both' })).toEqual(['first', 'now']);
    expect(await stage.get({ cookie: 'a=b; beta=1' })).toEqual(['canary', 'next']);
    expect(await stage.get({ cookie: 'a=b; beta=1', 'x-off': 'y' })).toEqual(['stable', 'now']);
    expect(await stage.get({ cookie: 'alphabeta=1' })).toEqual(['stable', 'now']);
    expect(await stage.get({ 'x-v': 'constructor' })).toEqual(['stable', 'now']);
  });

  it('know roles', async () => {
    await using stage = await Stage.of('variants: { stable: { weight: 1 }, canary: { to: next, when: { role: [beta, staff] } } }', 'authenticate: [users]');
    expect(await stage.get(await bearer('1'))).toEqual(['stable', 'now']);
    expect(await stage.get(await bearer('1', 'beta'))).toEqual(['canary', 'next']);
  });

  it('keep a user on one side, whatever their address and for all time', async () => {
    await using stage = await Stage.of(VARIANTS, ROLES);
    const sides = new Map<string, string>();
    for (const user of Array.from({ length: 30 }, (_, id) => `u${id}`)) {
      const headers = await bearer(user);
      const [variant] = await stage.get(headers);
      for (let i = 0; i < 3; i++) expect((await stage.get(headers))[0]).toBe(variant);
      sides.set(user, variant as string);
    }
    expect(new Set(sides.values())).toEqual(new Set(['stable', 'canary']));
    await stage.resplit('variants: { stable: { weight: 10 }, canary: { to: next, weight: 90 } }', ROLES);
    for (const [user, variant] of sides) {
      const [now] = await stage.get(await bearer(user));
      if (variant === 'canary') expect(now).toBe('canary');
    }
  });

  it('go by the address where nobody is signed in', async () => {
    await using stage = await Stage.of(VARIANTS);
    const [first] = await stage.get();
    for (let i = 0; i < 10; i++) expect((await stage.get())[0]).toBe(first);
  });

  it('go by a header, and without it by the address', async () => {
    await using stage = await Stage.of(`by: "header:X-Tenant", ${VARIANTS}`);
    const seen = new Set<unknown>();
    for (let tenant = 0; tenant < 20; tenant++) {
      const [variant] = await stage.get({ 'x-tenant': `t${tenant}` });
      expect((await stage.get({ 'x-tenant': `t${tenant}` }))[0]).toBe(variant);
      seen.add(variant);
    }
    expect(seen.size).toBe(2);
    expect((await stage.get())[0]).toBe((await stage.get())[0]);
  });

  it('go by chance', async () => {
    await using stage = await Stage.of('by: random, variants: { stable: { weight: 80 }, canary: { to: next, weight: 20 } }');
    const seen = await Promise.all(Array.from({ length: 400 }, () => stage.get()));
    const canaries = seen.filter(([variant]) => variant === 'canary');
    expect(canaries.length).toBeGreaterThan(40);
    expect(canaries.length).toBeLessThan(130);
    expect(new Set(canaries.map(([, who]) => who))).toEqual(new Set(['next']));
  });

  it('remember by a cookie, while its variant has a weight', async () => {
    await using stage = await Stage.of('by: cookie, variants: { stable: { weight: 0 }, canary: { to: next, weight: 1 } }');
    const { headers } = await stage.gw.fetch('/a');
    expect(headers['set-cookie']).toBe('passerelle_split_all=canary; Path=/; HttpOnly; SameSite=Lax');
    const cookie = 'x=y; passerelle_split_all=canary';
    expect((await stage.gw.fetch('/a', { headers: { cookie } })).headers['set-cookie']).toBeUndefined();
    await stage.resplit('by: cookie, variants: { stable: { weight: 1000000 }, canary: { to: next, weight: 1 } }');
    for (let i = 0; i < 5; i++) expect(await stage.get({ cookie })).toEqual(['canary', 'next']);
    await stage.resplit('by: cookie, cookie: { maxAge: 90s }, variants: { stable: { weight: 1 }, canary: { to: next } }');
    const moved = await stage.gw.fetch('/a', { headers: { cookie } });
    expect([moved.text, moved.headers['set-cookie']]).toEqual(['now', 'passerelle_split_all=stable; Max-Age=90; Path=/; HttpOnly; SameSite=Lax']);
    await stage.resplit('by: cookie, cookie: { name: side }, variants: { stable: { weight: 1 }, canary: { to: next, when: { header: { x-canary: true } } } }');
    expect((await stage.gw.fetch('/a')).headers['set-cookie']).toBe('side=stable; Path=/; HttpOnly; SameSite=Lax');
    expect((await stage.gw.fetch('/a', { headers: { 'x-canary': 'y' } })).headers['set-cookie']).toBeUndefined();
  });

  it('make the cookie secure over https', async () => {
    await using stage = await Stage.of('by: cookie, variants: { stable: { weight: 1 } }');
    await stage.gw.rewrite(`${file('http://127.0.0.1:9', '${ECHO}', 'by: cookie, variants: { c: { to: next, weight: 1 } }')}\nforwarded: { trust: loopback }`);
    expect((await stage.gw.fetch('/a', { headers: { 'x-forwarded-proto': 'https' } })).headers['set-cookie']).toBe('passerelle_split_all=c; Path=/; HttpOnly; SameSite=Lax; Secure');
  });

  it('tell of the variant and of the service that was asked', async () => {
    const seen: Exchange[] = [];
    const stop = events.exchangeClosed.subscribe((exchange) => seen.push(exchange));
    await using stage = await Stage.of('variants: { canary: { to: next, weight: 1 } }');
    await stage.get();
    expect(seen[0]).toMatchObject({ variant: 'canary', service: { name: 'next' }, route: { service: { name: 'now' } } });
    stop();
  });

  it('name the service that failed', async () => {
    await using stage = await Stage.of('variants: { canary: { to: next, weight: 1 } }', 'authenticate: none, errors: { body: { service: "{service}" } }');
    const dead = await echoService();
    await dead.close();
    await stage.gw.rewrite(file('http://127.0.0.1:9', dead.url, 'variants: { canary: { to: next, weight: 1 } }', 'authenticate: none, errors: { body: { service: "{service}" } }'));
    expect((await stage.gw.fetch('/a')).json()).toEqual({ service: 'next' });
  });

  it('fall back to where the canary came from', async () => {
    await using stage = await Stage.of('variants: { stable: { weight: 1 }, canary: { to: next, when: { header: { x-canary: true } } } }');
    const dead = await echoService();
    await dead.close();
    await stage.gw.rewrite(file('${ECHO}', dead.url, 'variants: { stable: { weight: 1 }, canary: { to: next, when: { header: { x-canary: true } } } }', 'authenticate: none, fallback: [{ service: now }]'));
    const { headers, seen } = await stage.gw.fetch('/a', { headers: { 'x-canary': '1' } });
    expect([headers['x-degraded'], seen.url]).toEqual(['service', '/a']);
  });

  it('rewrite redirects of the service that was asked', async () => {
    await using next = await echoService((request, response) => void response.writeHead(302, { location: `http://${request.headers.host}/elsewhere` }).end());
    await using gw = await gateway(file('http://127.0.0.1:9', next.url, 'variants: { c: { to: next, weight: 1 } }'));
    expect((await gw.fetch('/a')).headers['location']).toBe(`${gw.url}/elsewhere`);
  });

  it('take WebSockets to the same side', async () => {
    await using next = await socketService();
    await using gw = await gateway(file('http://127.0.0.1:9', next.url, 'by: cookie, variants: { stable: { weight: 0 }, canary: { to: next, weight: 1 } }'));
    const socket = await open(`${gw.url}/ws`);
    const echoed = new Promise((resolve) => { socket.on('message', (data: Buffer) => resolve(data.toString())); });
    socket.send('hello');
    expect(await echoed).toBe('hello');
    socket.terminate();
    await gw.rewrite(file('http://127.0.0.1:9', next.url, 'by: cookie, variants: { stable: { weight: 1 }, canary: { to: next, weight: 1 } }'));
    const again = await open(`${gw.url}/ws`, { headers: { cookie: 'passerelle_split_all=canary' } });
    again.terminate();
    expect((await refused(`${gw.url}/ws`, { headers: { cookie: 'passerelle_split_all=stable' } })).status).toBe(502);
  });
});

it('O2: counts requests of variants, under the name of the service that was asked', async () => {
  await using stage = await Stage.of('variants: { stable: { weight: 1 }, canary: { to: next, when: { header: { x-canary: true } } } }');
  await stage.get();
  for (let i = 0; i < 2; i++) await stage.get({ 'x-canary': '1' });
  const { text } = await stage.gw.fetch('/metrics');
  for (const line of ['gateway_variant_requests_total{route="all",variant="stable"} 1', 'gateway_variant_requests_total{route="all",variant="canary"} 2', 'gateway_service_requests_total{service="next",status="200"} 2']) {
    expect(text).toContain(line);
  }
});
