export { LiveService, type Whereabouts } from './live-service.js';
export { ServiceDirectory, type Services } from './service-directory.js';
export { ServicesModule } from './services.module.js';
