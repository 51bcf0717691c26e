import { SERIES, type MetricsConfig } from '../config/index.js';
import { CacheStats } from './cache-stats.js';
import { CertificateStats } from './certificate-families.js';
import { derivedFamilies } from './derived-families.js';
import { ExchangeStats } from './exchange-stats.js';
import { fleetFamilies } from './fleet-families.js';
import { gatewayFamilies } from './gateway-families.js';
import { LimitStats } from './limit-stats.js';
import type { MetricFamily } from './metric-family.js';
import { ProbeStats } from './probe-stats.js';
import { ReloadStats } from './reload-stats.js';
import { ResilienceStats } from './resilience-stats.js';
import { SteeringStats } from './steering-stats.js';
import { Tally } from './tally.js';

const CLOCK = { now: () => 0, elapsed: () => 0 };

/** All there can be, with nothing counted. */
export function everyFamily(metrics: MetricsConfig): readonly MetricFamily[] {
  const own = gatewayFamilies({
    cache: new CacheStats(), certificates: new CertificateStats(), exchanges: new ExchangeStats(metrics, CLOCK), handshakes: new Tally(), limits: new LimitStats(),
    probes: new ProbeStats(), resilience: new ResilienceStats(), steering: new SteeringStats(),
    audit: { entries: 0, merged: 0, dropped: 0, spooled: 0 },
    spans: { exported: 0, dropped: 0, failed: 0 },
    linesDropped: 0,
    stores: () => ({ limits: { counters: 0, evictions: 0 }, cache: { entries: 0, bytes: 0, maxBytes: 0, evictions: 0 }, redis: true, database: true }),
    directory: { services: new Map() },
    source: { current: { config: { metrics, tls: null, services: {} } } },
  });
  return [...own, ...derivedFamilies(own), ...fleetFamilies({ reloads: new ReloadStats(CLOCK), workers: 1, replaced: { died: 0, asked: 0 } })];
}

/** The rows of the table of all series, as Markdown. */
export function metricsTable(metrics: MetricsConfig): string {
  const rows = everyFamily(metrics).map(({ help, name, type }) => `| \`${name}\` | ${type} | ${(SERIES[name]?.labels ?? []).map((label) => `\`${label}\``).join(', ')} | ${help} |`);
  return ['| name | type | labels | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
