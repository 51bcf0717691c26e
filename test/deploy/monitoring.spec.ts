import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, mkdtemp, rm, writeFile, cp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createNetServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { echoService } from '#libs/testing';
import { until } from '../support/daemon.js';
import { gateway } from '../support/gateway.js';
import { AlertmanagerServer, findMonitoringTools, PrometheusServer, type MonitoringTools } from '../support/prometheus.js';

interface Rule {
  readonly alert?: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

interface TestFile {
  readonly tests: readonly { readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly object[] }[] }[];
}

const LIMIT = 60_000;
const root = resolve(import.meta.dirname, '../..');
const prometheusFolder = join(root, 'deploy/prometheus');
const alertmanagerFile = join(root, 'deploy/alertmanager/alertmanager.yml');
const tools = await findMonitoringTools();
const run = promisify(execFile);

const ruleFiles = await filesIn('rules', 'platforms');
const testFiles = await filesIn('tests');
const alerts = (await Promise.all(ruleFiles.map((file) => read<RuleFile>(file)))).flatMap(({ groups }) => groups.flatMap(({ rules }) => rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]))));
const expectations = (await Promise.all(testFiles.map((file) => read<TestFile>(file)))).flatMap(({ tests }) => tests.flatMap(({ alert_rule_test: some }) => some));

async function filesIn(...folders: readonly string[]): Promise<readonly string[]> {
  const names = await Promise.all(folders.map(async (folder) => (await readdir(join(prometheusFolder, folder))).map((name) => join(prometheusFolder, folder, name))));
  return names.flat();
}

async function read<T>(file: string): Promise<T> {
  return parse(await readFile(file, 'utf8')) as T;
}

/** Runs one of the programs. @throws Error with what it said when it found something wrong. */
async function check(program: 'promtool' | 'amtool', ...argv: readonly string[]): Promise<string> {
  return (await run((tools as MonitoringTools)[program], argv)).stdout;
}

/** A Slack that remembers what it was told. */
class Slack implements AsyncDisposable {
  readonly messages: { readonly channel: string; readonly attachments: readonly { readonly title: string; readonly text: string; readonly color: string }[] }[] = [];
  readonly #server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => { body += part; }).on('end', () => {
      this.messages.push(JSON.parse(body) as Slack['messages'][number]);
      response.end('ok');
    });
  });

  async start(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/services/T0/B0/secret`;
  }

  /** The message whose title this is, once it is there. */
  async message(title: string): Promise<{ readonly channel: string; readonly text: string; readonly color: string }> {
    const find = () => this.messages.flatMap(({ attachments, channel }) => attachments.map((attachment) => ({ ...attachment, channel }))).find((one) => one.title === title);
    await until(`Slack hears ${title}`, () => Promise.resolve(find() !== undefined));
    return find() as Awaited<ReturnType<Slack['message']>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

/** The files as they are, with the waits of a test, its addresses and its secret. */
async function hurried(folder: string, webhook: string): Promise<void> {
  await cp(join(prometheusFolder, 'rules'), join(folder, 'rules'), { recursive: true });
  await cp(join(alertmanagerFile, '../slack.tmpl'), join(folder, 'slack.tmpl'));
  await writeFile(join(folder, 'webhook'), `${webhook}\n`);
  for (const name of await readdir(join(folder, 'rules'))) {
    const file = join(folder, 'rules', name);
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/\bfor: \w+/g, 'for: 0s'));
  }
  const text = await readFile(alertmanagerFile, 'utf8');
  const quick = text.replace('/run/secrets/slack_webhook_url', join(folder, 'webhook')).replaceAll(/group_wait: \w+/g, 'group_wait: 100ms').replaceAll(/group_interval: \w+/g, 'group_interval: 500ms');
  await writeFile(join(folder, 'alertmanager.yml'), quick);
}

/** prometheus.yml with other addresses and intervals. */
async function prometheusConfig(folder: string, gatewayHost: string, alertmanagerHost: string): Promise<string> {
  const file = await read<{ global: object; alerting: object; scrape_configs: readonly { job_name: string }[] }>(join(prometheusFolder, 'prometheus.yml'));
  const { dns_sd_configs: _names, ...job } = file.scrape_configs.find(({ job_name: name }) => name === 'passerelle') as { job_name: string; dns_sd_configs?: unknown };
  return JSON.stringify({
    ...file,
    global: { scrape_interval: '500ms', evaluation_interval: '500ms' },
    rule_files: [join(folder, 'rules/*.yml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanagerHost] }] }] },
    scrape_configs: [{ ...job, static_configs: [{ targets: [gatewayHost] }] }],
  });
}

describe('O5: alerts', () => {
  it.each(alerts)('$alert says how severe it is, what happened and what to do', ({ alert, annotations, labels }) => {
    const anchor = alert.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase();
    expect(labels['severity']).toMatch(/^(critical|warning)$/);
    expect(annotations).toEqual({ summary: expect.any(String), description: expect.any(String), runbook: `docs/operations/troubleshooting.md#${anchor}` });
  });

  it.each(alerts)('what to do about $alert is written', async ({ annotations }) => {
    const [page = '', anchor] = (annotations['runbook'] ?? '').split('#');
    const headings = Array.from((await readFile(join(root, page), 'utf8')).matchAll(/^#+ (.*)$/gm), ([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'));
    expect(headings).toContain(anchor);
  });

  it('the page about monitoring lists those that everybody has', async () => {
    const page = await readFile(join(root, 'docs/operations/monitoring.md'), 'utf8');
    const usual = (await Promise.all((await filesIn('rules')).map((file) => read<RuleFile>(file)))).flatMap(({ groups }) => groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? [])));
    expect(usual.filter((alert) => !page.includes(`| \`${alert}\``) && !page.includes(`, \`${alert}\` |`))).toEqual([]);
  });

  it.each(alerts)('there is a test in which $alert fires, and one in which it does not', ({ alert }) => {
    const own = expectations.filter(({ alertname }) => alertname === alert);
    expect(own.some(({ exp_alerts: expected }) => expected.length > 0)).toBe(true);
    expect(own.some(({ exp_alerts: expected }) => expected.length === 0)).toBe(true);
  });

  const checked = tools === null ? it.skip : it;

  checked('Prometheus takes its files', async () => {
    expect(await check('promtool', 'check', 'config', join(prometheusFolder, 'prometheus.yml'))).toContain('is valid prometheus config file syntax');
    await check('promtool', 'check', 'rules', '--lint-fatal', ...ruleFiles);
  }, LIMIT);

  checked.each(testFiles.map((file) => [basename(file), file]))('promtool test rules %s', async (_name, file) => {
    await check('promtool', 'test', 'rules', file);
  }, LIMIT);

  checked('Alertmanager takes its file', async () => {
    expect(await check('amtool', 'check-config', alertmanagerFile)).toMatch(/SUCCESS[^]*2 receivers[^]*SUCCESS/);
  });

  checked.each([
    [['alertname=GatewayDown', 'severity=critical'], 'slack-critical'],
    [['alertname=BreakerOpen', 'severity=warning', 'service=users'], 'slack'],
    [['alertname=SomethingElse'], 'slack'],
  ])('an alert with %j goes to %s', async (labels, receiver) => {
    expect((await check('amtool', 'config', 'routes', 'test', `--config.file=${alertmanagerFile}`, ...labels)).trim()).toBe(receiver);
  });

  checked('reach Slack through a real Prometheus and a real Alertmanager', async () => {
    const { alertmanager, prometheus } = tools as MonitoringTools;
    await using folder = await temporary();
    await using slack = new Slack();
    await hurried(folder.path, await slack.start());
    await using broken = await echoService((_request, response) => void response.writeHead(500).end());
    const gw = await gateway('routes: { a: { match: { path: /a }, to: echo, authenticate: none, breaker: { failures: 2, open: 1h } } }', { echo: broken });
    const { host, port } = new URL(gw.url);
    await using alerting = await AlertmanagerServer.start(alertmanager, join(folder.path, 'alertmanager.yml'));
    await using _server = await PrometheusServer.start(prometheus, { config: await prometheusConfig(folder.path, host, alerting.host) });
    for (let i = 0; i < 3; i++) await gw.fetch('/a');
    const warning = await slack.message('[FIRING:1] BreakerOpen of echo');
    expect(warning).toMatchObject({ channel: '#gateway-alerts', color: 'warning' });
    expect(warning.text).toMatch(/^\*The circuit breaker of echo is open\*\nRequests to it by route a get 503 circuit-open .*\nSeverity warning, since [\d-]+ [\d:]+ UTC\. What to do: docs\/operations\/troubleshooting\.md#breaker-open$/m);
    await gw[Symbol.asyncDispose]();
    await using _dead = await deadAt(Number(port));
    const critical = await slack.message('[FIRING:1] GatewayAllDown');
    expect(critical).toMatchObject({ channel: '#gateway-critical', color: 'danger' });
    expect(critical.text).toContain('No instance of the job passerelle has answered a scrape');
  }, 3 * LIMIT);
});

/** Keeps a port from whoever asks for a free one next, who may well be another gateway that Prometheus would find there. */
async function deadAt(port: number): Promise<AsyncDisposable> {
  const server = createNetServer((socket) => socket.destroy());
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return { [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')) };
}

async function temporary(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'passerelle-monitoring-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
