export { ResilienceDirectory, type Resilience } from './resilience-directory.js';
export { ResilienceModule } from './resilience.module.js';
