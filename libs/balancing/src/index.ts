export { consistentHash } from './consistent-hash.js';
export { leastConnections } from './least-connections.js';
export { p2c } from './p2c.js';
export { availableOf, preferencesOf } from './preferences.js';
export { random } from './random.js';
export { roundRobin } from './round-robin.js';
export { slowStart } from './slow-start.js';
export { stickyCookie } from './sticky-cookie.js';
