import { Failure, UsageError } from './failure.js';

/** Milliseconds that a gateway may take. */
const PATIENCE = 30_000;

/** What is asked of the admin endpoint of a gateway that runs. */
export interface AdminCall {
  readonly method: 'DELETE' | 'GET' | 'POST' | 'PUT';
  /** Below the endpoint, e.g. `log`. */
  readonly path: string;
  readonly body?: object;
  readonly token: string | undefined;
}

/**
 * Asks the admin endpoint; what it answers is an object.
 * @throws UsageError by rejection where `admin` is no address; Failure in words for the user when it does not do it.
 */
export async function callAdmin(admin: string | undefined, { body, method, path, token }: AdminCall): Promise<Readonly<Record<string, unknown>>> {
  const address = admin === undefined ? null : URL.parse(`${admin.replace(/\/+$/, '')}/${path}`);
  if (address === null || !/^https?:$/.test(address.protocol)) throw new UsageError('Say where the admin endpoint is: --admin https://example.org/admin.');
  // Loaded only now: other commands do without it.
  const { default: axios } = await import('axios');
  const headers = { 'user-agent': 'passerelle', ...(body === undefined && { 'content-type': false }), ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const { data, status } = await axios.request<unknown>({ method, url: address.href, data: body, headers, timeout: PATIENCE, maxRedirects: 0, validateStatus: () => true }).catch((error: unknown) => {
    throw new Failure(`${address.origin} cannot be reached: ${(error as Error).message}.`, { cause: error });
  });
  if (status === 200 && typeof data === 'object' && data !== null) return data as Readonly<Record<string, unknown>>;
  throw new Failure(refusal(address, status, data));
}

function refusal({ origin, pathname }: URL, status: number, data: unknown): string {
  const said = wordsIn(data);
  switch (status) {
    case 401: return `${origin} wants to know who asks (401)${said}. Give a token: --token, or PASSERELLE_TOKEN.`;
    case 403: return `${origin} does not let the holder of this token (403)${said}.`;
    case 404: return `${origin}${pathname} is not there (404): is the admin endpoint mounted elsewhere?`;
    default: return status < 300 ? `${origin}${pathname} answers, but is no admin endpoint of a gateway.` : `${origin} says ${status}${said}.`;
  }
}

/** The words of a refusal; a platform's own shape (`errors`) may have an object where ours has text. */
function wordsIn(data: unknown): string {
  if (typeof data !== 'object' || data === null || !('detail' in data)) return '';
  return `: ${typeof data.detail === 'string' ? data.detail : JSON.stringify(data.detail)}`;
}
