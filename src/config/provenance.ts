import type { Schemas } from './schemas.js';
import type { GatewayConfig } from './gateway-config.js';
import type { Written } from './origins.js';

/** What a configuration was made from. */
export interface Provenance {
  readonly written: Written;
  readonly schemas: Schemas;
}

/** Beside the configuration and not in it, so that it stays plain data. */
const provenances = new WeakMap<GatewayConfig, Provenance>();

export function remember(config: GatewayConfig, provenance: Provenance): void {
  provenances.set(config, provenance);
}

/** @throws Error for a configuration that `loadConfig` did not make. */
export function provenanceOf(config: GatewayConfig): Provenance {
  const provenance = provenances.get(config);
  if (!provenance) throw new Error('Only a configuration that was loaded knows where it comes from');
  return provenance;
}
