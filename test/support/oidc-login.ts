import { Browser, type Page } from './browser.js';
import { gateway, type TestGateway } from './gateway.js';
import { TestIssuer, type IssuerOptions } from './oidc.js';

export const COOKIE_SECRET = 'a secret for the cookies of these tests, long enough';
export const APP = { id: 'app', secret: 'a secret of the application' };

export interface Setup {
  /** Of the issuer. */
  readonly issuer?: IssuerOptions;
  /** Further options of the authenticator. */
  readonly options?: string;
  readonly cookie?: string;
  /** More of the file. */
  readonly more?: string;
  readonly client?: Readonly<Record<string, unknown>>;
  /** Whether the gateway shows who it is. */
  readonly secret?: boolean;
}

/** A gateway people sign in at, its issuer, and somebody's browser. */
export class LoginBench implements AsyncDisposable {
  readonly browser = new Browser();
  /** What the gateway said to the issuer last. */
  nonce = '';

  constructor(readonly gate: TestGateway, readonly issuer: TestIssuer) {}

  get url(): string {
    return this.gate.url;
  }

  /** Opens a page, which ends there once signed in. */
  signIn(path = '/things', browser = this.browser): Promise<Page> {
    return browser.open(`${this.url}/auth/login?return=${encodeURIComponent(path)}`);
  }

  /** Begins a login and goes on until the issuer sends the browser back. @returns the address of the callback, not opened. */
  async untilCallback(browser = this.browser): Promise<string> {
    let page = await browser.open(`${this.url}/auth/login`, { hops: 0 });
    for (let i = 0; i < 20; i++) {
      const next = new URL(String(page.headers['location']), page.url).href;
      if (next.startsWith(`${this.url}/auth/callback`)) return next;
      this.nonce = new URL(next).searchParams.get('nonce') ?? this.nonce;
      page = await browser.open(next, { hops: 0 });
    }
    throw new Error('The issuer never came back');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser[Symbol.asyncDispose]();
    await this.gate[Symbol.asyncDispose]();
    await this.issuer[Symbol.asyncDispose]();
  }
}

export function loginFile(issuer: string, { cookie = `secret: "${COOKIE_SECRET}"`, more = '', options = '', secret = true }: Setup = {}): string {
  return `
authenticate:
  people:
    use: oidc
    issuer: "${issuer}"
    clientId: ${APP.id}
    ${secret ? `clientSecret: "${APP.secret}"` : ''}
    cookie: { ${cookie} }
    claims: { id: sub, role: role, roles: [realm_access.roles] }
    timeout: 15s
    ${options}
endpoints: { login: { at: /auth } }
routes: { things: { match: { path: /things/** }, to: echo } }
${more}
`;
}

export async function loginBench(setup: Setup = {}): Promise<LoginBench> {
  const issuer = await TestIssuer.start(setup.issuer);
  const gate = await gateway(loginFile(issuer.url, setup));
  await issuer.client({
    client_id: APP.id, grant_types: ['authorization_code', 'refresh_token'],
    ...(setup.secret === false ? { token_endpoint_auth_method: 'none' } : { client_secret: APP.secret }),
    redirect_uris: [`${gate.url}/auth/callback`], post_logout_redirect_uris: [`${gate.url}/`], ...setup.client,
  });
  return new LoginBench(gate, issuer);
}
