/** Where a part of the configuration lies that is not a file of ours. */
export interface RemoteAddress {
  /** As people write it, in one form: `consul://host:port/key`. */
  readonly url: string;
  /** The same without the key. */
  readonly server: string;
  /** Where it is asked for, e.g. `http://host:port`. */
  readonly api: string;
  /** A key, or with a `/` at its end all keys below it. */
  readonly key: string;
}

const PORTS = { http: 8500, https: 8501 } as const;

/** Whether an include names something that is not a file. */
export function isRemote(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** Reads `consul://host:port/key` or `consul+https://...`; what is wrong is said in one sentence. */
export function parseRemote(text: string): RemoteAddress | { readonly problem: string } {
  const [, scheme, tls, authority = '', key = ''] = /^(consul(\+https)?):\/\/([^/]*)\/?(.*)$/s.exec(text) ?? [];
  if (scheme === undefined) return { problem: 'expected a file, or an address that begins with consul:// or consul+https://' };
  if (authority.includes('@')) return { problem: 'an address has no user and no token in it; the token is the environment variable CONSUL_HTTP_TOKEN' };
  const protocol = tls === undefined ? 'http' : 'https';
  // The parser knows the ports of http and https, and leaves them out.
  const { hostname, port } = URL.parse(`ftp://${authority}`) ?? {};
  if (hostname === undefined || hostname === '' || /[?#\\]/.test(authority)) return { problem: `expected ${scheme}://host:port/key` };
  const wrong = wrongKey(key);
  if (wrong !== null) return { problem: wrong };
  const host = `${hostname}:${port === '' || port === undefined ? PORTS[protocol] : port}`;
  return { url: `${scheme}://${host}/${key}`, server: `${scheme}://${host}`, api: `${protocol}://${host}`, key };
}

function wrongKey(key: string): string | null {
  if (key === '') return 'expected a key after the host, or a prefix that ends in "/"';
  if (/[?#]/.test(key)) return 'an address has no query; a `?` at its end makes it optional';
  // Dots would lead to other parts of Consul's API than its store.
  return key.split('/').slice(0, -1).includes('') || key.split('/').some((part) => part === '.' || part === '..') ? 'a key has no empty parts, and none of dots' : null;
}
