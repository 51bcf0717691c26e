import { defineAuthenticator } from '#libs/kernel';
import { OidcAuthenticator } from './oidc/authenticator.js';
import { oidcOptions } from './oidc/options.js';

/** People who sign in at an issuer with their browser (OpenID Connect, authorization code with PKCE); the `login` endpoint has them do so. */
export const oidc = defineAuthenticator({ name: 'oidc', schema: oidcOptions, create: (options, surroundings) => new OidcAuthenticator(options, surroundings) });
