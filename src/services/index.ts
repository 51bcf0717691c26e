export { poolStats } from './connections.js';
export { LiveService, type Whereabouts } from './live-service.js';
export { ServiceDirectory, type Services } from './service-directory.js';
export { serviceNamed } from './service-named.js';
export { ServicesModule } from './services.module.js';
