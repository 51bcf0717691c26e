export { Credentials, type BuiltCredentials } from './credentials.js';
export { IdentityDirectory } from './identity-directory.js';
export { IdentityModule } from './identity.module.js';
export { IdentityService } from './identity.service.js';
export { KeyDirectory } from './keys/index.js';
export { KeptRevocations } from './revocations/index.js';
