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

/** Why a call of another program brought no answer, with that program as the subject. */
export function describeFailedCall(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (message?.includes('maxContentLength')) return 'answers more than anybody could use';
  return REASONS[code ?? ''] ?? (code?.startsWith('HPE_') ? 'does not speak HTTP there' : `cannot be asked (${code ?? String(error)})`);
}
