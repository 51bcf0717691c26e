import { availableParallelism } from 'node:os';
import type { ServerConfig } from '../config/index.js';

/** How many processes the file asks for. */
export function workerCount({ workers }: Pick<ServerConfig, 'workers'>): number {
  return workers === 'auto' ? availableParallelism() : workers;
}
