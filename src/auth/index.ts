export { jwt } from './jwt.js';
export type { JwtOptions } from './jwt/options.js';
export { mintToken, type TokenSubject } from './token.js';
