const TOKEN = /^[A-Za-z*][\w!#$%&'*+.^`|~:/-]*$/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * Compiles the `Proxy-Status` field (RFC 9209): tells whoever operates the client's side that the failure is between us
 * and the service, and which kind.
 * @param name ours, as in `Via`.
 */
export function compileProxyStatus(name: string): (error: string, details: string) => string {
  const item = TOKEN.test(name) ? name : quoted(name.replaceAll(/[^\x20-\x7e]/g, '?'));
  // A string of RFC 8941 3.3.3 is ASCII.
  return (error, details) => `${item}; error=${error}${PRINTABLE.test(details) ? `; details=${quoted(details)}` : ''}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
