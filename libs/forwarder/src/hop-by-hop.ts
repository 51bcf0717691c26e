/** RFC 9110 7.6.1 and what its predecessors listed: meaningful for one connection only, never forwarded. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'proxy-authentication-info',
  'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings',
]);

/** Fields that a `Connection` header may not take away: dropping them would change what the message says. */
const NOT_FOR_CONNECTION: ReadonlySet<string> = new Set(['cache-control', 'content-length', 'content-type', 'content-encoding', 'host', 'authorization']);

/** Lower-case names that a `Connection` header lists beside `close` and `keep-alive`; `null` in the ordinary case. */
export function connectionNames(connection: string | undefined): ReadonlySet<string> | null {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return null;
  const names = new Set<string>();
  for (const part of connection.split(',')) {
    const name = part.trim().toLowerCase();
    if (name !== '' && !NOT_FOR_CONNECTION.has(name)) names.add(name);
  }
  return names;
}
