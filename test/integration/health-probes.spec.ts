import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { events } from '#libs/kernel';
import { echoService, type EchoService } from '#libs/testing';
import { gateway } from '../support/gateway.js';

/** A service that names itself and is as well as the test says. */
async function named(name: string): Promise<{ service: EchoService; asked: () => number; well: boolean }> {
  const state = { well: true };
  let asked = 0;
  const listener: RequestListener = (request, response) => {
    if (request.url === '/health') {
      asked++;
      response.statusCode = state.well ? 200 : 500;
    }
    response.end(name);
  };
  const service = await echoService(listener);
  return Object.assign(state, { service, asked: () => asked });
}

const file = (targets: string, active = 'active: { every: 20ms, unhealthyAfter: 2, healthyAfter: 2 }'): string => `
services: { pair: { targets: "${targets}", balance: { use: round-robin }, health: { ${active} } } }
routes: { all: { match: { path: /** }, to: pair, authenticate: none } }
`;

function nextChange(): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = events.targetHealthChanged.subscribe(({ healthy }) => {
      stop();
      resolve(healthy);
    });
  });
}

describe('T6: active probes', () => {
  it('take a target out, bring it back, and stop with the file', async () => {
    const [one, two] = [await named('one'), await named('two')];
    const targets = `${one.service.url},${two.service.url}`;
    await using gw = await gateway(file(targets));
    const answers = async (): Promise<Set<string>> => new Set((await Promise.all(Array.from({ length: 8 }, () => gw.fetch('/x')))).map(({ text }) => text));
    expect(await answers()).toEqual(new Set(['one', 'two']));

    two.well = false;
    expect(await nextChange()).toBe(false);
    expect(await answers()).toEqual(new Set(['one']));

    // A reload that changes nothing about it forgets nothing.
    await gw.rewrite(`version: 1\n${file(targets)}info: { title: Another }\n`);
    expect(await answers()).toEqual(new Set(['one']));

    two.well = true;
    expect(await nextChange()).toBe(true);
    expect(await answers()).toEqual(new Set(['one', 'two']));

    two.well = false;
    expect(await nextChange()).toBe(false);
    await gw.rewrite(`version: 1\n${file(targets, '')}`);
    expect(await answers()).toEqual(new Set(['one', 'two']));
    await sleep(500);
    const before = two.asked();
    await sleep(100);
    expect(two.asked()).toBe(before);
    await two.service.close();
    await one.service.close();
  });

  it('one bad answer is not enough', async () => {
    const one = await named('one');
    await using gw = await gateway(file(one.service.url, 'active: { every: 20ms, unhealthyAfter: 1000 }'));
    one.well = false;
    const before = one.asked();
    while (one.asked() < before + 4) await sleep(10);
    expect((await gw.fetch('/x')).text).toBe('one');
    await one.service.close();
  });
});
