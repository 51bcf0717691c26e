import type { Configuration, CustomFetchOptions, ServerMetadata, TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client';
import type { Clock, Random } from '#libs/kernel';
import { addressNamedBy, issuerAddress } from '../issuer/address.js';
import { ask } from '../issuer/ask.js';
import { IssuerFailure } from '../issuer/failure.js';
import { addressIn, fetchMetadata, type Metadata } from '../issuer/metadata.js';
import { Remote } from '../issuer/remote.js';
import type { Claims } from '../jwt/claim-path.js';
import type { OidcOptions } from './options.js';

/** What an issuer gave for a login. Times in milliseconds since the epoch. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string | null;
  readonly id: string | null;
  readonly begin: number;
  readonly end: number;
}

/** A login that was begun, as it lies encrypted in the browser meanwhile. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** To the letter as it was sent to the issuer. */
  readonly redirectUri: string;
}

/** Milliseconds after which an issuer is asked again what it says of itself. */
const REDISCOVER = 600_000;
/** After a failure, at most. */
const PAUSE = 5_000;

interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
}

/** Speaks OpenID Connect with one issuer, as one client. The protocol is openid-client's business. */
export class OidcClient {
  readonly #metadata: Remote<Metadata>;
  #known: { readonly metadata: Metadata; readonly configuration: Configuration } | null = null;

  /** @throws Error when the issuer's address is none. */
  constructor(private readonly options: OidcOptions, private readonly around: Surroundings) {
    const { insecure, issuer, timeout } = options;
    issuerAddress(issuer, 'issuer', insecure);
    this.#metadata = new Remote(() => fetchMetadata({ issuer, insecure, timeout }), { issuer, every: REDISCOVER, cooldown: PAUSE, ...around });
  }

  /** Where a browser is sent to sign in. Rejects with Problem issuer-away. */
  async authorizationUrl({ nonce, redirectUri, state, verifier }: PendingLogin): Promise<URL> {
    const library = await import('openid-client');
    const { parameters, scopes } = this.options;
    return library.buildAuthorizationUrl(await this.#configuration(), {
      ...parameters, redirect_uri: redirectUri, scope: [...new Set(['openid', ...scopes])].join(' '),
      state, nonce, code_challenge: await library.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    });
  }

  /**
   * Turns what the issuer sent the browser back with into tokens: state, nonce, issuer (RFC 9207), PKCE and the signature
   * of the ID token are checked. Rejects with what is wrong, IssuerFailure or Problem issuer-away among it.
   * @param url the callback as it was called.
   */
  async redeem(url: URL, { nonce, state, verifier }: PendingLogin): Promise<{ readonly tokens: Tokens; readonly claims: Claims }> {
    const library = await import('openid-client');
    const configuration = await this.#configuration();
    const response = await library.authorizationCodeGrant(configuration, url, { expectedNonce: nonce, expectedState: state, pkceCodeVerifier: verifier, idTokenExpected: true });
    const claims = response.claims() as Claims & { readonly sub: string };
    const further = this.options.userinfo ? await library.fetchUserInfo(configuration, response.access_token, claims.sub) : {};
    return { tokens: this.#tokens(response, null), claims: { ...further, ...claims } };
  }

  /** Rejects as `redeem` does; with IssuerFailure or Problem issuer-away only where the tokens may still be good. */
  async refresh(former: Tokens, subject: unknown): Promise<{ readonly tokens: Tokens; readonly claims: Claims | null }> {
    const library = await import('openid-client');
    const response = await library.refreshTokenGrant(await this.#configuration(), former.refresh ?? '');
    const claims = (response.claims() ?? null) as Claims | null;
    // OpenID Connect Core 12.2: it is still the same person.
    if (claims !== null && claims['sub'] !== subject) throw new Error('The issuer renewed the tokens of one person with those of another');
    return { tokens: this.#tokens(response, former), claims };
  }

  /** Where a browser is sent to sign out there too; `null` where the issuer has no such place, or cannot be asked for it. */
  async endSessionUrl(tokens: Tokens, returnTo: string): Promise<URL | null> {
    const library = await import('openid-client');
    const configuration = await this.#configuration().catch(() => null);
    if (configuration?.serverMetadata().end_session_endpoint === undefined) return null;
    return library.buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnTo, ...(tokens.id !== null && { id_token_hint: tokens.id }) });
  }

  /** Has the issuer forget the tokens (RFC 7009), where it can. Never rejects: ours are gone anyway. */
  async revoke({ access, refresh }: Tokens): Promise<void> {
    try {
      const library = await import('openid-client');
      const configuration = await this.#configuration();
      if (configuration.serverMetadata().revocation_endpoint !== undefined) await library.tokenRevocation(configuration, refresh ?? access);
    } catch {
      // They end by themselves.
    }
  }

  async #configuration(): Promise<Configuration> {
    const metadata = await this.#metadata.recent();
    if (this.#known?.metadata !== metadata) this.#known = { metadata, configuration: await configure(metadata, this.options) };
    return this.#known.configuration;
  }

  #tokens(response: TokenEndpointResponse & TokenEndpointResponseHelpers, former: Tokens | null): Tokens {
    const begin = this.around.clock.now();
    const seconds = response.expiresIn();
    const end = seconds === undefined ? Number.MAX_SAFE_INTEGER : begin + seconds * 1_000;
    return { access: response.access_token, refresh: response.refresh_token ?? former?.refresh ?? null, id: response.id_token ?? former?.id ?? null, begin, end };
  }
}

async function configure(metadata: Metadata, { clientAuth, clientId, clientSecret, insecure, timeout }: OidcOptions): Promise<Configuration> {
  const library = await import('openid-client');
  // Browsers are sent there, with nothing but their own eyes to check it.
  addressIn(metadata, 'authorization_endpoint', insecure);
  const secret = clientSecret?.reveal();
  const authentication = secret === undefined ? library.None() : clientAuth === 'basic' ? library.ClientSecretBasic(secret) : library.ClientSecretPost(secret);
  const configuration = new library.Configuration(metadata as ServerMetadata, clientId, secret === undefined ? {} : { client_secret: secret }, authentication);
  configuration.timeout = timeout / 1_000;
  configuration[library.customFetch] = (url, options) => fetchSafely(addressNamedBy(metadata.issuer, url, 'An address of the issuer', insecure), options, timeout);
  // Every address is looked at above, loopback being as good as TLS.
  library.allowInsecureRequests(configuration);
  // The ID token is believed for its signature, not only for the connection it came over.
  library.enableNonRepudiationChecks(configuration);
  return configuration;
}

/** The same care for every question: no redirects, an end to time and size. An issuer with an error of its own is away. */
async function fetchSafely(url: URL, { body, headers, method }: CustomFetchOptions, timeout: number): Promise<Response> {
  const reply = await ask({ url, method, headers, body: body instanceof URLSearchParams || typeof body === 'string' ? body.toString() : null, timeout });
  if (reply.status >= 500 || reply.status === 429) throw new IssuerFailure(`${url.origin}${url.pathname} answers ${reply.status}`);
  const empty = reply.status === 204 || reply.status === 304;
  return new Response(empty ? null : reply.text, { status: reply.status, headers: reply.headers });
}

/** Why no answer came, where that is what an error is about. */
export function issuerFailureIn(error: unknown): IssuerFailure | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof IssuerFailure) return cause;
  return null;
}
