import { hostname } from 'node:os';
import { defaultResource, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import type { GatewayConfig } from '../../config/index.js';

/** Who says so: the process that made it, told from others of the same service. */
export interface Self {
  /** Different for each process. */
  readonly instance: string;
  /** `null` where there is one process only. */
  readonly worker: number | null;
}

/** The resource that all spans of this process belong to. What the file says wins. */
export function resourceOf({ info, tracing }: Pick<GatewayConfig, 'info' | 'tracing'>, { instance, worker }: Self): Resource {
  return defaultResource().merge(resourceFromAttributes({
    [ATTR_SERVICE_NAME]: tracing.service ?? info.name,
    [ATTR_SERVICE_VERSION]: info.version,
    'service.instance.id': instance,
    'deployment.environment.name': info.environment,
    'host.name': hostname(),
    'process.pid': process.pid,
    ...(worker !== null && { 'passerelle.worker': worker }),
    ...tracing.attributes,
  }));
}
