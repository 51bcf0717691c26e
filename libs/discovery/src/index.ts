export { consul } from './consul.js';
export type { ConsulServer } from './consul-client.js';
export { ConsulError } from './consul-error.js';
export { readConsulKeys, watchConsulKeys, type ConsulKey, type ConsulPlace } from './consul-keys.js';
export { dns } from './dns.js';
export { file } from './file.js';
export { kubernetes } from './kubernetes.js';
