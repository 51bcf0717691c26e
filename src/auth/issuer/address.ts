const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * Reads the address of an issuer. What comes from there decides who may pass, so nobody on the way may change it.
 * @param what it is the address of, for people.
 * @param insecure plain HTTP is accepted, not only from this very machine.
 * @throws Error when it is none, or not safe.
 */
export function issuerAddress(text: string, what: string, insecure: boolean): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw new Error(`${what} is not an address: expected https://host/path, got "${text}"`);
  if (url.username !== '' || url.password !== '') throw new Error(`${what} holds a password; addresses are logged`);
  if (url.protocol === 'http:' && !insecure && !isLoopback(url)) throw new Error(`${what} must begin with https://: who can change what is sent over plain HTTP could let anybody in. For a network of your own, \`insecure: on\` allows it`);
  return url;
}

/**
 * Reads an address that an issuer names.
 * @throws Error as above, and for plain HTTP to this machine where the issuer is elsewhere: it could have us ask whatever
 * listens here.
 */
export function addressNamedBy(issuer: string, text: string, what: string, insecure: boolean): URL {
  const url = issuerAddress(text, what, insecure);
  if (url.protocol === 'http:' && !insecure && URL.parse(issuer)?.protocol !== 'http:') throw new Error(`${what} must begin with https://, as the issuer does`);
  return url;
}

/** Whether it never leaves this machine. */
function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}
