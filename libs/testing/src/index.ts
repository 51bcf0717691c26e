export { cpuTime } from './cpu-time.js';
export { discoveryContract, type Announced, type DiscoveryHarness } from './discovery-contract.js';
export { echoService, type EchoService, type Seen } from './echo-service.js';
export { FakeClock } from './fake-clock.js';
export { limitStoreContract, type LimitStoreHarness } from './limit-store-contract.js';
export { seededRandom } from './seeded-random.js';
export { until } from './until.js';
