export { compileAccess, type AccessContext } from './access.js';
export { admitAll } from './admit.js';
export { AuthGuard } from './auth.guard.js';
export { AuthModule } from './auth.module.js';
export { jwt } from './jwt.js';
export type { JwtOptions } from './jwt/options.js';
export { mintToken, type MintRequest, type TokenSubject } from './token.js';
export { compileUnmatched, type UnmatchedAccess } from './unmatched.js';
