import type { EndpointConfig } from '../config/index.js';

/** How something is: `degraded` when a part of it is down. The file says what the three are called. */
export type State = 'up' | 'degraded' | 'down';
export type Words = EndpointConfig['words'];

/** The state of a whole from the states of its parts. A whole without parts is up. */
export function stateOf(parts: readonly State[]): State {
  if (parts.every((part) => part === 'up')) return 'up';
  return parts.every((part) => part === 'down') ? 'down' : 'degraded';
}

/** A target that may have requests, but says that not all is well, is `degraded`. */
export function stateOfTarget({ degraded, healthy }: { readonly degraded: boolean; readonly healthy: boolean }): State {
  if (!healthy) return 'down';
  return degraded ? 'degraded' : 'up';
}
