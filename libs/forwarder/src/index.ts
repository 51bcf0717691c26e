export { classifyFailure, type Phase } from './failure.js';
export { forward } from './forward.js';
export { HOP_BY_HOP } from './hop-by-hop.js';
export { compileHeaderCopy } from './request-headers.js';
export type { TunnelEnds, TunnelLimits } from './tunnel.js';
export { closeCodes } from './websocket/frames.js';
export { Tunnels } from './websocket/tunnels.js';
