import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { until as comesAbout } from '#libs/testing';
import { ConsulAgent, findConsul } from '../support/consul.js';
import { API, Dhatu } from './dhatu.fixture.js';
import { DhatuServices } from './stand-ins/dhatu.js';
import type { StandIn } from './stand-ins/service.js';

// Gateways start in each suite; machines may be busy.
jest.setTimeout(120_000);

const binary = await findConsul();
const described = binary === null ? describe.skip : describe;

/** Not too often: requests count. */
const until = (holds: () => Promise<boolean>): Promise<true> => comesAbout(async () => {
  await sleep(50);
  return holds();
}, 20_000);

described('dhatu, T4: services are where Consul says', () => {
  let agent: ConsulAgent;
  let more: DhatuServices;
  let on: Dhatu;
  let key: string;
  const register = (name: string, { url }: StandIn, id = name): Promise<void> => agent.register({ ID: id, Name: name, Address: '127.0.0.1', Port: Number(new URL(url).port) });
  const search = async (): Promise<number> => (await on.send(`${API}/corpus/search?q=${performance.now()}`, { key, headers: { 'cache-control': 'no-store' } })).status;
  /** How many of so many searches each of two instances got. */
  const shares = async (): Promise<readonly number[]> => {
    for (const { corpus } of [on.services, more]) corpus.forget();
    for (let i = 0; i < 6; i++) expect(await search()).toBe(200);
    return [on.services, more].map(({ corpus }) => corpus.heard.length);
  };
  beforeAll(async () => {
    agent = await ConsulAgent.start(binary as string);
    more = await DhatuServices.start();
    await agent.put('dhatu/routes.yaml', 'version: 1\nlog: { names: { time: at } }\n');
    on = await Dhatu.open({ env: { SERVICES: 'consul', CONSUL_HTTP_ADDR: agent.url, CONSUL_CONFIG: `consul://${agent.host}/dhatu/`, COMPRESSION_SERVICE_URL: '', CORPUS_SERVICE_URL: '', ANALYSIS_SERVICE_URL: '', LOAD_BALANCING: 'round-robin', PASSERELLE__SERVER__WATCH: '50ms' } });
    ({ key } = await on.key('program', { scopes: ['corpus:read', 'compress:write'] }));
    for (const name of ['compression', 'corpus', 'analysis'] as const) await register(name, on.services[name]);
  }, 620_000);
  afterAll(async () => {
    await on[Symbol.asyncDispose]();
    await more[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
  });

  it('they are found, and no address stands in the file', async () => {
    await until(async () => (await on.send(`${API}/health`)).json()['status'] === 'healthy');
    expect((await on.send(`${API}/compress`, { json: { text: 'a' }, key })).status).toBe(200);
  });

  it('an instance more gets its share, and none once it is gone; no request fails meanwhile', async () => {
    expect(await shares()).toEqual([6, 0]);
    await register('corpus', more.corpus, 'corpus-2');
    await until(async () => { await search(); return more.corpus.heard.length > 0; });
    expect(await shares()).toEqual([3, 3]);
    await agent.deregister('corpus');
    await until(async () => (await shares())[0] === 0);
    await register('corpus', on.services.corpus);
    await agent.deregister('corpus-2');
    await until(async () => (await shares())[1] === 0);
  });

  it('configuration in Consul loads itself', async () => {
    const end = on.platform.gateway.watch(() => void on.platform.gateway.reload());
    await agent.put('dhatu/routes.yaml', 'version: 1\nroutes: { corpus-later: { match: { path: /api/v1/corpus/later }, use: [calls, searching], to: corpus, path: { template: /api/v1/corpus/stats } } }\n');
    await until(async () => (await on.send(`${API}/corpus/later`, { key })).status === 200);
    end();
  });

  it('a service that is gone is 503, and while Consul is away the last known instances serve', async () => {
    await agent.deregister('compression');
    await until(async () => (await on.send(`${API}/compress`, { json: { text: 'a' }, key })).status === 503);
    await agent.kill();
    await until(async () => JSON.stringify((await on.send(`${API}/health`)).json()['services']).includes('stale'));
    expect(await search()).toBe(200);
  });
});
