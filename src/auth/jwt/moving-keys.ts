import type { VerificationKey } from './keys.js';

/** Keys that come and go. */
export interface MovingKeys {
  /** How often keys went away: what was verified before the last time may not be good any more. */
  readonly removals: number;
  /** Called for each token that is remembered. @returns whether the keys are recent enough to go by what is remembered. */
  touch(): boolean;
  /** @throws Problem by rejection, 503, where there is nothing to go by. */
  recent(): Promise<readonly VerificationKey[]>;
  /**
   * A token names a key that is not known: looks whether there is a new one.
   * @returns `false` where nothing was asked, for it was only just.
   * @throws Problem by rejection, 503, where whoever knows could not say: the token may be good.
   */
  seek(): Promise<boolean>;
}
