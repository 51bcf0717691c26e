export { DiscoveryModule } from './discovery.module.js';
export { DiscoveryService } from './discovery.service.js';
