import type { GatewayConfig } from './gateway-config.js';
import type { Written } from './origins.js';

/** What a configuration was made from, for those who print it; beside the configuration, so that it stays plain data. */
const provenance = new WeakMap<GatewayConfig, Written>();

export function rememberWritten(config: GatewayConfig, written: Written): void {
  provenance.set(config, written);
}

export function writtenOf(config: GatewayConfig): Written | undefined {
  return provenance.get(config);
}
