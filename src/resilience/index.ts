export { ResilienceDirectory, type Resilience } from './resilience-directory.js';
