import type { GatewayConfig } from '../config/index.js';
import { auditFamilies } from './audit-families.js';
import { connectionFamilies } from './connection-families.js';
import type { EndpointStats, ExchangeStats } from './exchange-stats.js';
import { counter, gauge, histogram, type Labels, type MetricFamily } from './metric-family.js';
import type { MetricsRecorder } from './metrics-recorder.js';
import type { ResilienceStats } from './resilience-stats.js';
import { serviceStateFamilies } from './service-state-families.js';
import { steeringFamilies } from './steering-families.js';
import { storeFamilies } from './store-families.js';

type MetricsConfig = GatewayConfig['metrics'];
type MainSeries = keyof MetricsConfig['names'];

const HELP: Readonly<Record<MainSeries, string>> = {
  requests: 'Requests answered, by method, route pattern and status.',
  duration: 'Seconds from the request header to the last byte of the answer; without WebSockets.',
  active: 'Requests under way.',
};

type Counts = Pick<MetricsRecorder, 'audit' | 'cache' | 'directory' | 'exchanges' | 'handshakes' | 'limits' | 'resilience' | 'source' | 'steering' | 'stores'>;

/** Everything one process counts, under the names and labels of the configuration in force. */
export function gatewayFamilies({ audit, cache, directory, exchanges, handshakes, limits, resilience, source, steering, stores }: Counts): MetricFamily[] {
  const { metrics } = source.current.config;
  const main = Object.entries({ ...invert(metrics.names), ...metrics.aliases });
  return [
    ...main.map(([name, series]) => mainFamily(name, series, exchanges, metrics.labels)),
    ...serviceFamilies(exchanges),
    ...resilienceFamilies(resilience),
    ...serviceStateFamilies(directory),
    ...connectionFamilies(directory),
    ...steeringFamilies(steering),
    ...storeFamilies(limits, cache, stores()),
    ...auditFamilies(audit),
    ...trafficFamilies(exchanges, metrics.labels),
    counter('gateway_tls_handshake_failures_total', 'TLS handshakes with clients that came to nothing, by reason.', [...handshakes.entries()].map(([reason, count]) => [{ reason }, count])),
    counter('gateway_problems_total', 'Problems answered, by code (docs/errors.md).', [...exchanges.problems.entries()].map(([code, count]) => [{ code }, count])),
  ];
}

function invert(names: MetricsConfig['names']): Record<string, MainSeries> {
  return Object.fromEntries(Object.entries(names).map(([series, name]) => [name, series as MainSeries]));
}

function mainFamily(name: string, series: MainSeries, exchanges: ExchangeStats, labels: MetricsConfig['labels']): MetricFamily {
  switch (series) {
    case 'requests':
      return counter(name, HELP.requests, perMethod(exchanges, labels).flatMap(([own, { statuses }]) => [...statuses.entries()].map(([status, count]) => [{ ...own, [labels.status]: status }, count] as const)));
    case 'duration':
      return histogram(name, HELP.duration, perMethod(exchanges, labels).map(([own, { duration }]) => [own, duration]));
    case 'active':
      return gauge(name, HELP.active, [[{}, exchanges.active]]);
    default: return series satisfies never;
  }
}

function perMethod({ endpoints }: ExchangeStats, names: MetricsConfig['labels']) {
  return [...endpoints].flatMap(([endpoint, { methods }]) => [...methods].map(([method, stats]) => [{ [names.method]: method, [names.endpoint]: endpoint } as Labels, stats] as const));
}

function serviceFamilies({ services }: ExchangeStats): MetricFamily[] {
  const all = [...services];
  return [
    counter('gateway_service_requests_total', 'Requests that went to a service, by the status the client got.', all.flatMap(([service, { statuses }]) => [...statuses.entries()].map(([status, count]) => [{ service, status }, count] as const))),
    histogram('gateway_service_duration_seconds', 'Seconds until a service’s response header, or until the try failed.', all.map(([service, { duration }]) => [{ service }, duration])),
    counter('gateway_service_tries_total', 'Tries to reach a service; more than requests where there were retries.', all.map(([service, { tries }]) => [{ service }, tries])),
  ];
}

/** What services went through besides requests. */
function resilienceFamilies({ ejections, hedges, retries, shed }: ResilienceStats): MetricFamily[] {
  const pairs = (tally: ResilienceStats['shed']) => Array.from(tally.entries(), ([key, count]) => [...(JSON.parse(key) as [string, string]), count] as const);
  return [
    counter('gateway_retries_total', 'Tries after the first, by service.', [...retries.entries()].map(([service, count]) => [{ service }, count])),
    counter('gateway_hedges_total', 'Requests sent to more than one target at once: a later target was faster (won), the first one was (lost), or none gave a good answer (failed).', pairs(hedges).map(([service, outcome, count]) => [{ service, outcome }, count])),
    counter('gateway_shed_total', 'Requests turned away because their service had all the requests it may have.', pairs(shed).map(([service, priority, count]) => [{ service, priority }, count])),
    counter('gateway_target_ejections_total', 'Targets taken out because requests to them failed, by service.', [...ejections.entries()].map(([service, count]) => [{ service }, count])),
  ];
}

function trafficFamilies(exchanges: ExchangeStats, names: MetricsConfig['labels']): MetricFamily[] {
  const bytes = (of: (stats: EndpointStats) => number) => [...exchanges.endpoints].map(([endpoint, stats]) => [{ [names.endpoint]: endpoint }, of(stats)] as const);
  return [
    counter('gateway_received_bytes_total', 'Bytes of request bodies.', bytes((stats) => stats.bytesIn)),
    counter('gateway_sent_bytes_total', 'Bytes of answers’ bodies.', bytes((stats) => stats.bytesOut)),
    gauge('gateway_websockets_active', 'WebSocket connections that stand.', [[{}, exchanges.websockets]]),
  ];
}
