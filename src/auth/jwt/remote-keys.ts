import type { Clock, Random } from '#libs/kernel';
import { issuerAddress } from '../issuer/address.js';
import { ask, get } from '../issuer/ask.js';
import { IssuerFailure } from '../issuer/failure.js';
import { addressIn, fetchMetadata } from '../issuer/metadata.js';
import { Remote } from '../issuer/remote.js';
import { shared } from '../issuer/shared.js';
import { acceptedAlgorithms, hasRemoteKeys, readPublishedSet, type VerificationKey } from './keys.js';
import type { MovingKeys } from './moving-keys.js';
import type { Algorithm, JwtOptions } from './options.js';

interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
}

/** The keys that an issuer publishes. */
export class RemoteKeys implements MovingKeys {
  readonly #set: Remote<readonly VerificationKey[]>;
  #keys: readonly VerificationKey[] = [];
  /** How often keys went away: what was verified before the last time may not be good any more. */
  removals = 0;

  constructor(fetch: () => Promise<readonly VerificationKey[]>, plan: ConstructorParameters<typeof Remote>[1]) {
    this.#set = new Remote(() => fetch().then((keys) => this.#took(keys)), plan);
  }

  /** Called for each token: begins to fetch in the background where it is time. @returns whether what there is is recent. */
  touch(): boolean {
    void this.#set.latest;
    return this.#set.fresh;
  }

  /** @throws Problem issuer-away by rejection where nothing was ever fetched. */
  recent(): Promise<readonly VerificationKey[]> {
    return this.#set.recent();
  }

  /**
   * A token names a key that is not known: looks whether there is a new one.
   * @returns `false` where nothing was asked, for it was only just.
   * @throws Problem issuer-away by rejection where the issuer could not say: the token may be good.
   */
  async seek(): Promise<boolean> {
    const renewed = await this.#set.renew();
    if (this.#set.away) throw this.#set.refusal();
    return renewed;
  }

  #took(keys: readonly VerificationKey[]): readonly VerificationKey[] {
    if (!this.#keys.every((old) => keys.some((key) => same(old, key)))) this.removals += 1;
    return (this.#keys = keys);
  }
}

function same(one: VerificationKey, other: VerificationKey): boolean {
  return one.kid === other.kid && one.key.equals(other.key) && one.algorithms.every((name) => other.algorithms.includes(name));
}

/**
 * The keys of the issuer that the options name; `null` where they name none.
 * @throws Error when the options make no sense. That the issuer cannot be reached is none of its business.
 */
export function remoteKeys(options: JwtOptions, { clock, random }: Surroundings): RemoteKeys | null {
  if (!hasRemoteKeys(options)) return null;
  const { discover, insecure, jwksUrl, refresh: { cooldown, every, timeout } } = options;
  if (discover !== undefined && jwksUrl !== undefined) throw new Error('jwt takes `discover` or `jwksUrl`, not both: the issuer says where its keys are');
  const accepted = acceptedAlgorithms(options);
  if (accepted.every((name) => name.startsWith('HS'))) throw new Error('An issuer publishes public keys, and none of `algorithms` is for those; name e.g. RS256');
  const source = issuerAddress(discover ?? jwksUrl ?? '', discover === undefined ? 'jwksUrl' : 'discover', insecure);
  const fetchSet = async (): Promise<readonly VerificationKey[]> => {
    const url = discover === undefined ? source : addressIn(await fetchMetadata({ issuer: discover, insecure, timeout }), 'jwks_uri', insecure);
    return fetchKeys(url, timeout, accepted);
  };
  const key = JSON.stringify(['keys', discover, jwksUrl, insecure, every, cooldown, timeout, accepted]);
  return shared(key, () => new RemoteKeys(fetchSet, { issuer: source.href, every, cooldown, clock, random }));
}

async function fetchKeys(url: URL, timeout: number, accepted: readonly Algorithm[]): Promise<readonly VerificationKey[]> {
  const { status, text } = await ask(get(url, timeout));
  if (status !== 200) throw new IssuerFailure(`${url.origin}${url.pathname} answers ${status}`);
  try {
    return readPublishedSet(text, accepted);
  } catch (cause) {
    throw new IssuerFailure(`${url.origin}${url.pathname} does not answer with a JWK set`, { cause });
  }
}
