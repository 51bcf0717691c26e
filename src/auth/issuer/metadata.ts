import { addressNamedBy, issuerAddress } from './address.js';
import { askJson, get } from './ask.js';
import { IssuerFailure } from './failure.js';

/** What an issuer says of itself (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2). */
export type Metadata = Readonly<Record<string, unknown>> & { readonly issuer: string };

/** Who is asked, and how. */
export interface IssuerAccess {
  /** The issuer, to the letter as it calls itself. */
  readonly issuer: string;
  readonly insecure: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * Asks an issuer what it says of itself, first in the way of OpenID Connect, then in that of OAuth 2.0.
 * @throws IssuerFailure by rejection when it cannot be had, or is another issuer's (RFC 8414 3.3: mix-up).
 */
export async function fetchMetadata({ insecure, issuer, timeout }: IssuerAccess): Promise<Metadata> {
  const base = issuerAddress(issuer, 'The issuer', insecure);
  const metadata = await askJson(get(openIdAddress(base), timeout)).catch((first: unknown) =>
    // What is wrong with the first is what most people want to know.
    askJson(get(oauthAddress(base), timeout)).catch(() => { throw first; }));
  if (metadata['issuer'] !== issuer) throw new IssuerFailure(`${base.origin} calls itself ${JSON.stringify(metadata['issuer'] ?? null)} and not ${JSON.stringify(issuer)}; the file must name it to the letter`);
  return metadata as Metadata;
}

function openIdAddress(base: URL): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/.well-known/openid-configuration`;
  return url;
}

/** RFC 8414 3.1: in front of the path, not behind it. */
function oauthAddress(base: URL): URL {
  const url = new URL(base);
  url.pathname = `/.well-known/oauth-authorization-server${base.pathname.replace(/\/$/, '')}`;
  return url;
}

/** One of its addresses. @throws IssuerFailure when it has none, or none that is safe. */
export function addressIn(metadata: Metadata, field: string, insecure: boolean): URL {
  const value = metadata[field];
  if (typeof value !== 'string') throw new IssuerFailure(`${metadata.issuer} says nothing of a ${field}`);
  try {
    return addressNamedBy(metadata.issuer, value, `The ${field} of ${metadata.issuer}`, insecure);
  } catch (error) {
    throw new IssuerFailure((error as Error).message, { cause: error });
  }
}
