export { discoveryContract, type Announced, type DiscoveryHarness } from './discovery-contract.js';
export { echoService, type EchoService, type Seen } from './echo-service.js';
export { FakeClock } from './fake-clock.js';
export { seededRandom } from './seeded-random.js';
