import { Target, type Address } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { assertAllowed } from './address-guard.js';
import { connectionSettings, openConnections } from './connections.js';

/** Tells targets apart: what is the same under another configuration keeps its connections and all that is known of it. */
export function targetKey(service: string, url: string, config: ServiceConfig): string {
  return JSON.stringify([service, url, connectionSettings(config)]);
}

/**
 * Opens the connections of one target.
 * @throws Error when the address is one that targets of the service may not have.
 */
export function openTarget({ url, ...placement }: Address, config: ServiceConfig): Target {
  const address = new URL(url);
  assertAllowed(address, config.networks);
  return new Target(address, openConnections(address, config), placement);
}
