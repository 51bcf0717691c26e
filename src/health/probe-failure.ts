/** Codes of Node and axios that an operator reads in words. Addresses are left out: the answer may be public. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  ENOTFOUND: 'has a name that does not resolve',
  EAI_AGAIN: 'has a name that cannot be resolved at present',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ERR_CANCELED: 'did not answer in time',
  ECONNABORTED: 'did not answer in time',
  ETIMEDOUT: 'did not answer in time',
  CERT_HAS_EXPIRED: 'has an expired certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another name',
};

/** Why a probe failed, without the address it went to. */
export function describeFailure(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return 'could not be asked';
  return REASONS[code] ?? `could not be asked (${code})`;
}
