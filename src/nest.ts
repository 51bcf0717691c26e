/** For controllers of plugins: who may, who is calling, and the body. The package's door `passerelle/nest`. */
export { CurrentPrincipal, JsonBody, Permissions, Public, Roles, Scopes } from './auth/decorators.js';
