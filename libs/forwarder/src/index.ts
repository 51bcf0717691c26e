export { classifyFailure, type Phase } from './failure.js';
export { forward, isEndless } from './forward.js';
export { HOP_BY_HOP } from './hop-by-hop.js';
export { Http2Dispatcher, type PoolStats } from './http2/dispatcher.js';
export { compileNetworks, describeNetwork, isNetwork, NETWORK_WORDS } from './networks.js';
export { compileHeaderCopy } from './request-headers.js';
export type { TunnelEnds, TunnelLimits } from './tunnel.js';
export { closeCodes } from './websocket/frames.js';
export { Tunnels } from './websocket/tunnels.js';
