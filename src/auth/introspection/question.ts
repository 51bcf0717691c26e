import type { Surroundings } from '#libs/kernel';
import { issuerAddress } from '../issuer/address.js';
import { askJson } from '../issuer/ask.js';
import { IssuerFailure } from '../issuer/failure.js';
import { addressIn, fetchMetadata } from '../issuer/metadata.js';
import { Remote } from '../issuer/remote.js';
import { shared } from '../issuer/shared.js';
import type { Claims } from '../jwt/claim-path.js';
import type { IntrospectionOptions } from './options.js';

/** Milliseconds after which an issuer is asked again where it is asked. */
const REDISCOVER = 600_000;
/** After a failure, at most. */
const PAUSE = 5_000;

/**
 * Compiles the question what a token is worth (RFC 7662 2.1). Rejects with IssuerFailure where there is no answer to go
 * by, and with Problem issuer-away where it is not even known whom to ask.
 * @throws Error when the options make no sense.
 */
export function compileQuestion(options: IntrospectionOptions, surroundings: Pick<Surroundings, 'clock' | 'random'>): (token: string) => Promise<Claims> {
  const { clientAuth, clientId, clientSecret, timeout } = options;
  const address = compileAddress(options, surroundings);
  const basic = `Basic ${Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret.reveal())}`).toString('base64')}`;
  return async (token) => {
    const form = new URLSearchParams({ token, token_type_hint: 'access_token' });
    if (clientAuth === 'post') for (const [name, value] of [['client_id', clientId], ['client_secret', clientSecret.reveal()]] as const) form.set(name, value);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(clientAuth === 'basic' && { authorization: basic }) };
    const url = await address();
    const answer = await askJson({ url, method: 'POST', headers, body: form.toString(), timeout });
    if (typeof answer['active'] !== 'boolean') throw new IssuerFailure(`${url.origin} does not say whether a token is active`);
    return answer;
  };
}

function compileAddress({ discover, insecure, timeout, url }: IntrospectionOptions, { clock, random }: Pick<Surroundings, 'clock' | 'random'>): () => Promise<URL> {
  if ((discover === undefined) === (url === undefined)) throw new Error('introspection needs either `url` or `discover`');
  const source = issuerAddress(url ?? discover ?? '', url === undefined ? 'discover' : 'url', insecure);
  if (discover === undefined) return () => Promise.resolve(source);
  const key = JSON.stringify(['introspection', discover, insecure, timeout]);
  const metadata = shared(key, () => new Remote(() => fetchMetadata({ issuer: discover, insecure, timeout }), { issuer: discover, every: REDISCOVER, cooldown: PAUSE, clock, random }));
  return async () => addressIn(await metadata.recent(), 'introspection_endpoint', insecure);
}

/** RFC 6749 2.3.1. */
function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
