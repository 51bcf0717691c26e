import { once } from 'node:events';
import { request as httpRequest, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type ReloadReport } from '#libs/kernel';
import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { open, socketService } from '../support/websocket.js';

const HEAD = 'version: 1\nlog: { level: silent, access: off }\n';
const file = (routes: string, services = 'echo: { targets: "${ECHO}" }', rest = ''): string => `${HEAD}${rest}services: { ${services} }\nroutes:\n${routes}`;
const route = (path: string, settings = ''): string => `  ${path.replace(/\W/g, '')}: { match: { path: ${path}/** }, to: echo, authenticate: none${settings} }\n`;

/** Outcomes of reloads, as listeners hear of them. */
function heard(): { readonly outcomes: [string, ReloadReport][]; readonly stop: () => void } {
  const outcomes: [string, ReloadReport][] = [];
  const stops = (['configurationLoaded', 'configurationLoadFailed', 'configurationApplied', 'configurationApplyFailed'] as const)
    .map((name) => events[name].subscribe((report) => outcomes.push([name, report])));
  return { outcomes, stop: () => stops.forEach((stop) => stop()) };
}

describe('O10: a reload that fails changes nothing', () => {
  it.each<[string, string, string, RegExp]>([
    ['is not YAML', `${HEAD}routes: [`, 'configurationLoadFailed', /gateway\.yaml:\d+/],
    ['has mistakes', file(route('/new', ', tiemout: 1s')), 'configurationLoadFailed', /gateway\.yaml:5:\d+ routes\.new\.tiemout: .*timeout/],
    ['cannot be applied', file(route('/new'), undefined, 'forwarded: { trust: [nonsense] }\n'), 'configurationApplyFailed', /nonsense/],
    ['has a target where none may be', file(route('/new'), 'echo: { targets: "http://169.254.169.254" }'), 'configurationLoadFailed', /services\.echo\.targets.*169\.254\.169\.254/],
    ['has an origin that is none', file(route('/new', ', cors: { origins: [nonsense] }')), 'configuration(?:Load|Apply)Failed', /nonsense/],
    ['has a template that means nothing', file(route('/new'), undefined, 'endpoints: { health: { answer: { a: "{nothing}" } } }\n'), 'configuration(?:Load|Apply)Failed', /nothing/],
  ])('a file that %s', async (_what, yaml, outcome, why) => {
    await using gw = await gateway(file(route('/old')));
    const { outcomes, stop } = heard();
    await gw.rewrite(yaml);
    stop();
    const [name, report] = outcomes.at(-1) as [string, ReloadReport];
    expect(name).toMatch(new RegExp(outcome));
    expect(report.errors.join('\n')).toMatch(why);
    expect((await gw.fetch('/old/1')).status).toBe(200);
    expect((await gw.fetch('/new/1')).status).toBe(404);
    const ready = await gw.fetch('/health/ready');
    expect([ready.status, ready.json()]).toEqual([200, expect.objectContaining({ failedReload: expect.objectContaining({ errors: report.errors.length }) as unknown })]);
    await gw.rewrite(file(route('/new')));
    expect((await gw.fetch('/new/1')).status).toBe(200);
    expect((await gw.fetch('/health/ready')).json()).not.toHaveProperty('failedReload');
  });

  it('and a later one is tried again though the file is the same', async () => {
    await using gw = await gateway(file(route('/old')));
    const bad = file(route('/new'), undefined, 'forwarded: { trust: [nonsense] }\n');
    await gw.rewrite(bad);
    const { outcomes, stop } = heard();
    await gw.rewrite(bad);
    stop();
    expect(outcomes.at(-1)?.[0]).toBe('configurationApplyFailed');
  });
});

describe('O10: a reload applies whole', () => {
  it('tells listeners, and the hash of what is in force', async () => {
    await using gw = await gateway(file(route('/old')));
    const hash = async () => (await gw.fetch('/health/ready')).json<{ configuration: string }>().configuration;
    const before = await hash();
    const { outcomes, stop } = heard();
    await gw.rewrite(file(route('/new')));
    stop();
    expect(outcomes.map(([name]) => name)).toEqual(['configurationLoaded', 'configurationApplied']);
    expect(await hash()).toBe(outcomes[1]?.[1].version);
    expect(await hash()).not.toBe(before);
    expect([(await gw.fetch('/old/1')).status, (await gw.fetch('/new/1')).status]).toEqual([404, 200]);
  });

  it('and nothing happens when nothing changed', async () => {
    await using gw = await gateway(file(route('/old')));
    expect(await gw.gateway.reload()).toBe(false);
    await gw.rewrite(`# a comment\n${file(route('/old'))}`);
    expect((await gw.fetch('/old/1')).status).toBe(200);
  });

  it('a request in flight ends as it began, on a service that is gone', async () => {
    let answer: ((response: ServerResponse) => void) | null = null;
    const waiting = new Promise<ServerResponse>((resolve) => { answer = resolve; });
    await using echo = await echoService((_request, response) => answer?.(response));
    await using gw = await gateway(file(route('/old', ', headers: { response: { set: { X-From: old } } }')), { echo });
    const reply = gw.fetch('/old/1');
    const response = await waiting;
    await using other = await echoService();
    await gw.rewrite(file(route('/new'), `echo: { targets: "${other.url}" }`));
    response.end('late');
    const { status, text, headers } = await reply;
    expect([status, text, headers['x-from']]).toEqual([200, 'late', 'old']);
  });

  it('a request that was not sent yet still reaches its service, though the service is gone from the file', async () => {
    await using gw = await gateway(file(route('/old', ', transform: [{ use: json-body, on: request, set: { a: "1" } }]')));
    await using other = await echoService();
    const opened = new Promise<void>((resolve) => { const stop = events.exchangeOpened.subscribe(() => { stop(); resolve(); }); });
    const socket = connect(gw.port, '127.0.0.1').setEncoding('latin1');
    let text = '';
    socket.on('data', (part: string) => { text += part; });
    socket.write('POST /old/1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{');
    await opened;
    await sleep(50);
    await gw.rewrite(file(route('/old'), `echo: { targets: "${other.url}" }`));
    await sleep(50);
    socket.write('}');
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(gw.echo.requests).toHaveLength(1);
  });

  it('a WebSocket and a stream of a route that stays live on; one of a route that goes, too', async () => {
    await using echo = await socketService();
    await using gw = await gateway(file(route('/stays') + route('/goes')), { echo });
    const sockets = await Promise.all(['/stays/ws', '/goes/ws'].map((path) => open(gw.url + path)));
    await gw.rewrite(file(route('/stays') + route('/comes')));
    for (const socket of sockets) {
      socket.send('still there?');
      expect(String(((await once(socket, 'message')) as [Buffer])[0])).toBe('still there?');
      socket.terminate();
    }
  });

  it('an event stream lives on when its service changes', async () => {
    let stream: ServerResponse | null = null;
    await using echo = await echoService((_request, response) => { stream = response.writeHead(200, { 'content-type': 'text/event-stream' }); response.write('data: 1\n\n'); });
    await using other = await echoService();
    await using gw = await gateway(file(route('/live')), { echo });
    const sent = httpRequest(`${gw.url}/live/1`, { agent: false }).end();
    const [answer] = await once(sent, 'response');
    await once(answer, 'data');
    await gw.rewrite(file(route('/live'), `echo: { targets: "${other.url}" }`));
    (stream as ServerResponse | null)?.write('data: 2\n\n');
    expect(String(((await once(answer, 'data')) as [Buffer])[0])).toBe('data: 2\n\n');
    sent.destroy();
  });
});

describe('O10: reloads under load', () => {
  const hammer = async (gw: TestGateway, alternatives: readonly string[], ask: (i: number) => Promise<number>) => {
    let on = true;
    const failures: unknown[] = [];
    let count = 0;
    const loops = Array.from({ length: 8 }, async () => {
      while (on) {
        const status = await ask(count++).catch((error: unknown) => error);
        if (status !== 200) failures.push(status);
      }
    });
    for (let i = 0; i < 30; i++) {
      await gw.rewrite(alternatives[i % alternatives.length] as string);
      await sleep(50);
    }
    on = false;
    await Promise.all(loops);
    return { failures, count };
  };

  it('every 50 ms, between two sets of settings and two services: no request fails', async () => {
    await using other = await echoService();
    await using gw = await gateway(file(route('/a')));
    const alternatives = [file(route('/a', ', headers: { response: { set: { X-B: b } } }') + route('/b')), file(route('/a'), `echo: { targets: "${other.url}" }`), file(route('/a', ', transform: [{ use: json-body, on: request, set: { x: "1" } }]'))];
    const { failures, count } = await hammer(gw, alternatives, async (i) =>
      (await gw.fetch(`/a/${i}`, i % 2 === 0 ? {} : { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } })).status);
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(200);
    expect(other.requests.length).toBeGreaterThan(0);
  }, 60_000);
});
