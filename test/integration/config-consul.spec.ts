import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type ReloadReport } from '#libs/kernel';
import { echoService, until } from '#libs/testing';
import { ConfigurationError, loadConfig, renderEffective } from '../../src/config/index.js';
import { builtIns } from '../../src/extensions.js';
import { ConsulAgent, findConsul } from '../support/consul.js';
import { gateway, type TestGateway } from '../support/gateway.js';

const binary = await findConsul();
const described = binary === null ? describe.skip : describe;

const route = (name: string): string => `routes: { ${name}: { match: { path: /${name} }, to: echo, authenticate: none } }\n`;
const file = (include: string, rest = ''): string => `version: 1
include: [${include}]
log: { level: silent, access: off }
server: { watch: 50ms }
services: { echo: { targets: "\${ECHO}" } }
${rest}`;

/** Watches a gateway's configuration as the command line does, and takes down what becomes of it. */
function watching({ gateway: running }: TestGateway): AsyncDisposable & { readonly failed: readonly ReloadReport[]; readonly applied: readonly ReloadReport[] } {
  const [failed, applied]: [ReloadReport[], ReloadReport[]] = [[], []];
  const ends = [
    events.configurationLoadFailed.subscribe((report) => failed.push(report)), events.configurationApplied.subscribe((report) => applied.push(report)),
    running.watch(() => void running.reload()),
  ];
  return { failed, applied, async [Symbol.asyncDispose]() { for (const end of ends) end(); await running.reload(); } };
}

described('a configuration in Consul', () => {
  let agent: ConsulAgent;
  beforeAll(async () => { agent = await ConsulAgent.start(binary as string); }, 620_000);
  afterAll(() => agent[Symbol.asyncDispose]());

  /** Every test has a place of its own in the store. */
  let at = '';
  let count = 0;
  beforeEach(async () => {
    at = `gateway-${++count}`;
    // A try before this one may have left it killed.
    await agent.restart();
  }, 60_000);
  const url = (key: string): string => `consul://${agent.host}/${at}/${key}`;
  const put = (key: string, value: string): Promise<void> => agent.put(`${at}/${key}`, value);
  const status = async (gw: TestGateway, path: string): Promise<number> => (await gw.fetch(path)).status;

  it('is read from a key, and from all keys below a prefix', async () => {
    await put('one.yaml', route('one'));
    await put('more/b.yaml', route('b'));
    await put('more/a.yaml', `include: ${url('one.yaml')}\n${route('a')}`);
    await put('more/', '');
    await using gw = await gateway(file(`"${url('more/')}", "${url('none')}?"`));
    expect(await Promise.all(['/one', '/a', '/b', '/c'].map((path) => status(gw, path)))).toEqual([200, 200, 200, 404]);
  });

  it('loads itself when it changes, also when keys come and go', async () => {
    await put('all/a.yaml', route('a'));
    await using gw = await gateway(file(`"${url('all/')}", "${url('later.yaml')}?"`));
    await using heard = watching(gw);
    await put('all/a.yaml', route('b'));
    await until(async () => (await status(gw, '/b')) === 200 && (await status(gw, '/a')) === 404);
    await put('all/z.yaml', route('z'));
    await until(async () => (await status(gw, '/z')) === 200);
    await put('later.yaml', route('later'));
    await until(async () => (await status(gw, '/later')) === 200);
    await agent.delete(`${at}/all/z.yaml`);
    await until(async () => (await status(gw, '/z')) === 404);
    expect(heard.applied).toHaveLength(4);
    await put('unrelated', 'nobody includes this');
    await sleep(500);
    expect([heard.applied.length, heard.failed.length]).toEqual([4, 0]);
  }, 60_000);

  it('stays as it was when it becomes wrong, and says once what is wrong', async () => {
    await put('routes.yaml', route('a'));
    await using gw = await gateway(file(`"${url('routes.yaml')}"`));
    await using heard = watching(gw);
    await put('routes.yaml', '\nroutes: { a: { match: { pth: /a }, to: echo } }');
    await until(() => heard.failed.length > 0);
    await sleep(500);
    expect(heard.failed).toHaveLength(1);
    expect(heard.failed[0]?.errors.join('\n')).toContain(`${url('routes.yaml')}:2:25 routes.a.match.pth: unknown key. Did you mean "path"?`);
    expect(await status(gw, '/a')).toBe(200);
    await put('routes.yaml', route('b'));
    await until(async () => (await status(gw, '/b')) === 200);
  }, 60_000);

  it('goes on without Consul, and takes up changes when it is back', async () => {
    await put('routes.yaml', route('a'));
    await using gw = await gateway(file(`"${url('routes.yaml')}"`));
    await using heard = watching(gw);
    // The watch has begun: a change is heard of.
    await put('routes.yaml', route('b'));
    await until(async () => (await status(gw, '/b')) === 200);
    await agent.kill();
    await sleep(1_000);
    expect(heard.failed).toEqual([]);
    await writeFile(gw.file, file(`"${url('routes.yaml')}"`, 'info: { title: Changed }'));
    await until(() => heard.failed.length > 0);
    await sleep(1_000);
    expect(heard.failed.map(({ errors }) => errors)).toEqual([[expect.stringMatching(/include: consul:.*Consul at http:.* refuses the connection$/)]]);
    expect(await status(gw, '/b')).toBe(200);
    await agent.restart();
    await until(() => heard.applied.length === 2);
    await put('routes.yaml', route('c'));
    await until(async () => (await status(gw, '/c')) === 200);
    expect(heard.failed).toHaveLength(1);
  }, 120_000);

  it('a gateway does not start without it', async () => {
    await expect(gateway(file('"consul://127.0.0.1:1/a"'))).rejects.toThrow(ConfigurationError);
    await expect(gateway(file('"consul://127.0.0.1:1/a"'))).rejects.toThrow('gateway.yaml:2:11 include: consul://127.0.0.1:1/a: Consul at http://127.0.0.1:1 refuses the connection');
  });

  it('is shown with where it comes from, and may use the environment', async () => {
    await put('info.yaml', 'info: { title: "${TITLE}" }');
    const folder = await mkdtemp(join(tmpdir(), 'passerelle-'));
    const main = join(folder, 'gateway.yaml');
    await writeFile(main, file(`"${url('info.yaml')}"`, 'endpoints: {}'));
    const { config } = await loadConfig({ file: main, env: { TITLE: 'Ours', ECHO: 'http://127.0.0.1:1' }, builtIns });
    await rm(folder, { recursive: true });
    expect(config.info.title).toBe('Ours');
    expect(config.originOf(['info', 'title'])).toEqual({ file: url('info.yaml'), line: 1, layer: 'file' });
    expect(renderEffective(config, { origins: true })).toContain(`${url('info.yaml')}:1`);
  });
});

described('a configuration in a Consul with access control', () => {
  it('is read with the token of the environment', async () => {
    const masterToken = 'the-token-of-this-test';
    await using agent = await ConsulAgent.start(binary as string, { masterToken });
    await agent.put('routes.yaml', route('a'));
    const yaml = file(`"consul://${agent.host}/routes.yaml"`);
    await using echo = await echoService();
    await expect(gateway(yaml, { echo })).rejects.toThrow('refuses who has no token (Permission denied); the environment variable CONSUL_HTTP_TOKEN has to be one that may read this');
    await expect(gateway(yaml, { echo, env: { CONSUL_HTTP_TOKEN: 'another' } })).rejects.toThrow('refuses the token (ACL not found)');
    await using gw = await gateway(yaml, { echo, env: { CONSUL_HTTP_TOKEN: masterToken } });
    expect((await gw.fetch('/a')).status).toBe(200);
    await using _heard = watching(gw);
    await agent.put('routes.yaml', route('b'));
    await until(async () => (await gw.fetch('/b')).status === 200);
  }, 60_000);
});
