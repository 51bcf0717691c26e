export { KeptRevocations, type BuiltRevocations, type RevocationPlan } from './kept-revocations.js';
export { RevocationsModule } from './revocations.module.js';
