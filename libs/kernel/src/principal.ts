/** Who is calling, as one of the file's authenticators understood the credential. */
export interface Principal {
  /** The user's id, always text, whatever the token held. */
  readonly id: string;
  readonly email: string | null;
  /** After aliases; without the roles they imply. */
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
  /** Name of the authenticator in the file. */
  readonly authenticator: string;
  /** All claims or attributes of the credential, for templates and plugins. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch after which the principal is no longer valid; `Infinity` for never. */
  readonly expiresAt: number;
}
