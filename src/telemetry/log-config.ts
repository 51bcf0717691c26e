import type { GatewayConfig } from '../config/index.js';

/** `log:` of the file. */
export type LogConfig = GatewayConfig['log'];
