import { poolStats } from '../services/index.js';
import { gauge, type MetricFamily } from './metric-family.js';
import type { ServicesSource } from './metrics-recorder.js';

/** The connections to services, all targets of each together. */
export function connectionFamilies({ services }: ServicesSource): MetricFamily[] {
  const pools = [...services].map(([service, { targets }]) => {
    const sum = { connected: 0, free: 0, running: 0, waiting: 0 };
    for (const target of targets) {
      const { connected, free, pending, queued, running } = poolStats(target);
      sum.connected += connected;
      sum.free += free;
      sum.running += running;
      sum.waiting += pending + queued;
    }
    return { service, ...sum };
  });
  return [
    gauge('gateway_target_connections', 'Connections to the targets of a service that stand, and those of them that could take a request at once.', pools.flatMap(({ service, connected, free }) => [[{ service, state: 'connected' }, connected], [{ service, state: 'free' }, free]] as const)),
    gauge('gateway_target_requests', 'Requests on connections to the targets of a service, and those that wait for one.', pools.flatMap(({ service, running, waiting }) => [[{ service, state: 'running' }, running], [{ service, state: 'waiting' }, waiting]] as const)),
  ];
}
