import { execFile, spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { until } from '#libs/testing';
import { build } from '../support/passerelle.js';
import { findMonitoringTools, PrometheusServer } from '../support/prometheus.js';
import { LoadedGateway } from './loaded-gateway.js';

interface Dashboard {
  readonly uid: string;
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly panels: readonly { readonly id: number; readonly type: string; readonly title: string; readonly description?: string; readonly gridPos: { readonly x: number; readonly w: number }; readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[] }[];
}

interface Group {
  readonly rules: readonly { readonly name: string; readonly type: 'alerting' | 'recording'; readonly query: string; readonly health: string; readonly lastError?: string }[];
}

/** Folder for pictures, as one who wants to look at the dashboards sets it; then the load goes on for longer. */
const PICTURES = process.env['PASSERELLE_PICTURES'];
const UNDER_LOAD = PICTURES === undefined ? 18_000 : 150_000;
const LIMIT = UNDER_LOAD + 150_000;
const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'deploy/grafana/dashboards');
const tools = await findMonitoringTools();

const dashboards = await Promise.all((await readdir(folder)).map(async (name) => [name, JSON.parse(await readFile(join(folder, name), 'utf8')) as Dashboard] as const));
const panels = dashboards.flatMap(([name, { panels: own }]) => own.filter(({ type }) => type !== 'row').map((panel) => [name, panel.title, panel] as const));
const queries = panels.flatMap(([name, title, { targets = [] }]) => targets.map(({ expr, legendFormat }) => [name, title, legendFormat, expr] as const));

/** As Grafana does where everything is chosen and a scrape takes place every second. */
function chosen(query: string): string {
  return query.replaceAll('$__rate_interval', '5s').replaceAll('$__range', '15s').replaceAll(/\$(?:instance|service|route)\b/g, '.*');
}

describe('O5: dashboards', () => {
  it('are what their descriptions say', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/generate-dashboards.mjs'), '--check'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it.each(dashboards)('%s has a name of its own, and places for its panels', (name, { panels: own, uid }) => {
    expect(uid).toBe(`passerelle-${name.replace('.json', '')}`);
    expect(own.filter(({ gridPos: { w, x } }) => x + w > 24)).toEqual([]);
    expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
  });

  it.each(panels)('%s: %s says what it shows', (_name, _title, { description, targets = [] }) => {
    expect(description).toMatch(/^[A-Z0-9].*\.$/);
    expect(targets.length).toBeGreaterThan(0);
  });

  it('are provided to Grafana with their data source', async () => {
    const read = async <T>(file: string): Promise<T> => parse(await readFile(join(root, 'deploy', file), 'utf8')) as T;
    const { datasources: [source] } = await read<{ datasources: [{ type: string; jsonData: { timeInterval: string } }] }>('grafana/provisioning/datasources/prometheus.yml');
    const { global } = await read<{ global: { scrape_interval: string } }>('prometheus/prometheus.yml');
    expect([source.type, source.jsonData.timeInterval]).toEqual(['prometheus', global.scrape_interval]);
  });
});

const live = tools === null ? describe.skip : describe;

live('O5: every query, asked of a Prometheus that scrapes a loaded gateway', () => {
  let gateway: LoadedGateway;
  let prometheus: PrometheusServer;
  let began: number;
  /** Names what is not so. The load goes on: what is rare, or was missed by a scrape that came too late, has its time yet. */
  const eventually = async <T>(all: readonly T[], holds: (one: T) => Promise<boolean>): Promise<readonly T[]> => {
    let left = all;
    await until(async () => {
      const lacking: T[] = [];
      for (const one of left) if (!(await holds(one))) lacking.push(one);
      left = lacking;
      return left.length === 0;
    }).catch(() => undefined);
    return left;
  };

  beforeAll(async () => {
    build();
    began = Date.now() / 1_000;
    gateway = await LoadedGateway.start();
    const { host } = new URL(gateway.url);
    const scrape = { job_name: 'passerelle', scheme: 'https', tls_config: { insecure_skip_verify: true }, static_configs: [{ targets: [host] }] };
    prometheus = await PrometheusServer.start(tools?.prometheus ?? '', { config: JSON.stringify({ global: { scrape_interval: '1s', evaluation_interval: '1s' }, rule_files: [join(root, 'deploy/prometheus/rules/*.yml'), join(root, 'deploy/prometheus/platforms/*.yml')], scrape_configs: [scrape] }) });
    await sleep(UNDER_LOAD * 0.6);
    await gateway.reload();
    await gateway.loseRedis();
    await sleep(UNDER_LOAD * 0.4 - 2_000);
    if (PICTURES !== undefined) await promisify(execFile)(process.execPath, [join(root, 'scripts/render-dashboards.mjs'), prometheus.url, PICTURES, String(UNDER_LOAD / 1_000), 'service=orders|payments']);
  }, LIMIT);
  afterAll(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
  }, LIMIT);

  it.each(dashboards)('%s has data in every panel', async (name) => {
    // A share of nothing is not a number; what had no request in these five seconds has none.
    const empty = await eventually(queries.filter(([own]) => own === name), async ([, , , query]) => (await prometheus.query(chosen(query))).some(({ value }) => Number.isFinite(Number(value?.[1]))));
    expect(empty.map(([, title, legend, query]) => `${title}, ${legend}: ${query}`)).toEqual([]);
  }, 60_000);

  it('names only series that the gateway has', async () => {
    const { text } = await gateway.fetch('/metrics');
    const has = new Set(Array.from(text.matchAll(/^# TYPE (\w+)/gm), ([, name]) => name));
    const { groups } = await prometheus.ask<{ groups: readonly Group[] }>('rules');
    const asked = [...queries.map(([, , , query]) => query), ...dashboards.flatMap(([, { annotations }]) => annotations.list.map(({ expr }) => expr)), ...groups.flatMap(({ rules }) => rules.map(({ query }) => query))];
    // What is recorded has a colon before or after its name, and is not the gateway's own.
    const names = new Set(asked.flatMap((query) => Array.from(query.matchAll(/(?<![:\w])(?:gateway|process|nodejs)_\w+(?!:|\w)/g), ([name]) => name.replace(/_(?:bucket|count|sum)$/, ''))));
    expect(names.size).toBeGreaterThan(50);
    expect([...names].filter((name) => !has.has(name))).toEqual([]);
  });

  it('every annotation and variable finds something', async () => {
    for (const { expr } of dashboards.flatMap(([, { annotations }]) => annotations.list)) {
      const { result } = await prometheus.ask<{ result: readonly unknown[] }>('query_range', { query: chosen(expr), start: String(began), end: String(Date.now() / 1_000), step: '1' });
      expect([expr, result.length]).not.toEqual([expr, 0]);
    }
    for (const { definition = '', name } of dashboards.flatMap(([, { templating }]) => templating.list)) {
      const [, selector = definition.replace(/^query_result\((.*)\)$/, '$1')] = /^label_values\((\w+), \w+\)$/.exec(definition) ?? [];
      if (selector === '') continue;
      expect(await eventually([selector], async (one) => (await prometheus.query(one)).some(({ metric }) => metric[name] !== undefined))).toEqual([]);
    }
  }, 60_000);

  it('every rule can be evaluated, and what is recorded is there', async () => {
    const { groups } = await prometheus.ask<{ groups: readonly Group[] }>('rules');
    const rules = groups.flatMap(({ rules: own }) => own);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    const recorded = rules.filter(({ type }) => type === 'recording').map(({ name }) => name);
    expect(recorded.length).toBeGreaterThan(20);
    expect(await eventually(recorded, async (name) => (await prometheus.query(name)).length > 0)).toEqual([]);
  }, 60_000);

  it('what they show is true', async () => {
    const claims = [
      'gateway_workers == 2', 'gateway_redis_up == 0', 'min(gateway_target_up{service="orders"}) <= 1', 'job:gateway_cache_hits:ratio_rate5m > 0.1', 'route:gateway_limit_refused:ratio_rate5m{route="login"} > 0.1',
      'service:gateway_service_errors:ratio_rate5m{service="payments"} > 0.05', 'service:gateway_service_errors:ratio_rate5m{service="users"} == 0',
    ];
    expect(await eventually(claims, async (claim) => (await prometheus.query(claim)).length > 0)).toEqual([]);
  }, 60_000);
});
