import { performance } from 'node:perf_hooks';
import { auditFamilies } from './audit-families.js';
import { connectionFamilies } from './connection-families.js';
import { counter, type MetricFamily } from './metric-family.js';
import type { MetricsRecorder } from './metrics-recorder.js';
import { requestFamilies, serviceFamilies } from './request-families.js';
import { resilienceFamilies } from './resilience-families.js';
import { logFamilies, runtimeFamilies, spanFamilies } from './runtime-families.js';
import { serviceStateFamilies } from './service-state-families.js';
import { steeringFamilies } from './steering-families.js';
import { storeFamilies } from './store-families.js';
import { serviceUpFamilies, targetFamilies } from './target-families.js';

type Counts = Pick<MetricsRecorder, 'audit' | 'cache' | 'certificates' | 'directory' | 'exchanges' | 'handshakes' | 'limits' | 'linesDropped' | 'probes' | 'resilience' | 'source' | 'spans' | 'steering' | 'stores'>;

/** Everything one process counts, under the usual names. */
export function gatewayFamilies(counts: Counts): MetricFamily[] {
  const { cache, directory, exchanges, limits } = counts;
  const { config } = counts.source.current;
  return [
    ...runtimeFamilies(performance.eventLoopUtilization()),
    ...requestFamilies(exchanges),
    counter('gateway_tls_handshake_failures_total', 'TLS handshakes with clients that came to nothing, by reason.', [...counts.handshakes.entries()].map(([reason, count]) => [{ reason }, count])),
    ...counts.certificates.families(config),
    ...serviceFamilies(exchanges),
    ...serviceUpFamilies(directory, counts.probes),
    ...resilienceFamilies(counts.resilience, directory),
    ...serviceStateFamilies(directory),
    ...targetFamilies(directory, config.metrics.targets),
    ...connectionFamilies(directory),
    ...steeringFamilies(counts.steering),
    ...storeFamilies(limits, cache, counts.stores()),
    ...auditFamilies(counts.audit),
    ...spanFamilies(counts.spans),
    ...logFamilies(counts.linesDropped),
  ];
}
