/** Consul cannot be asked, refuses, or says something that makes no sense; the message is for people. */
export class ConsulError extends Error {
  override readonly name = 'ConsulError';
}

/** Codes of Node and axios that an operator reads in words. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ENOTFOUND: 'has a name that does not resolve',
  EAI_AGAIN: 'has a name that cannot be resolved at present',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ERR_CANCELED: 'does not answer in time',
  ETIMEDOUT: 'does not answer in time',
  EPROTO: 'does not speak TLS there',
  CERT_HAS_EXPIRED: 'has an expired certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a certificate that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another name',
};

/** Why no answer came, with Consul as the subject. */
export function describeFailure(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (message?.includes('maxContentLength')) return 'answers more than anybody could use';
  return REASONS[code ?? ''] ?? (code?.startsWith('HPE_') ? 'does not speak HTTP there' : `cannot be asked (${code ?? String(error)})`);
}

/** The first line of what Consul says of an error, short and printable; empty for a page of HTML. */
export function detailOf(text: string): string {
  const [line = ''] = text.trim().split('\n', 1);
  return line.startsWith('<') ? '' : line.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 160);
}
