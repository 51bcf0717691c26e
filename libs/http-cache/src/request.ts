/** Request fields as node:http gives them: lower-case names; a repeated field is joined or a list. */
export type RequestFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the cache has to know of a request. */
export interface CacheRequest {
  readonly method: string;
  readonly headers: RequestFields;
  /** Whoever is calling has shown who they are, by whatever means: field, key, cookie, certificate (RFC 9111 3.5). */
  readonly authenticated: boolean;
  /**
   * It is known who that is, so that a key by principal tells them from all others. Where it is not said: whether they are
   * authenticated. Who has shown something that nobody here has checked is not identified.
   */
  readonly identified?: boolean;
  /** It came with cookies. */
  readonly cookies: boolean;
}

/**
 * A request field, its lines joined (RFC 9110 5.2).
 *
 * @param name in lower case. What every object has by birth (`constructor`) is no field.
 */
export function requestField(fields: RequestFields, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(', ') : undefined;
}
