/** When a key does what. Milliseconds since the epoch. */
export interface KeyTimes {
  readonly algorithm: string;
  /** From when on it signs. */
  readonly activeFrom: number;
  /** When the next one signs in its place; `null` where none is in sight. */
  readonly retiredAt: number | null;
  /** When nothing is left that it signed. A guess as long as it is not retired. */
  readonly expiresAt: number | null;
}

/** What the file says of keys. Milliseconds. */
export interface KeyPlan {
  readonly algorithm: string;
  readonly rotate: number;
  readonly lead: number;
  /** How long what is signed may live at most, and clocks may differ. */
  readonly lifetime: number;
}

/** The key that signs now: of those that may, the one that came last. `undefined` where there is none of the algorithm. */
export function signerOf<K extends KeyTimes>(keys: readonly K[], { algorithm }: Pick<KeyPlan, 'algorithm'>, now: number): K | undefined {
  const suited = keys.filter((key) => key.algorithm === algorithm && (key.retiredAt ?? Number.POSITIVE_INFINITY) > now).sort((one, other) => one.activeFrom - other.activeFrom);
  // Where only another gateway's clock says that its time has come, it signs all the same.
  return suited.findLast(({ activeFrom }) => activeFrom <= now) ?? suited[0];
}

/**
 * When the next key has to begin to sign, where it has to be made now; `null` where there is time. It is published
 * before, for whoever keeps the key set; the very first has nobody to wait for.
 */
export function nextKeyFrom(keys: readonly KeyTimes[], plan: KeyPlan, now: number): number | null {
  const signer = signerOf(keys, plan, now);
  if (signer === undefined) return now;
  const ahead = keys.some(({ activeFrom, algorithm }) => algorithm === plan.algorithm && activeFrom > signer.activeFrom);
  const due = signer.activeFrom + plan.rotate;
  return ahead || due - plan.lead > now ? null : Math.max(due, now + plan.lead);
}

/** When to look again: a key is due, or one has ended. `Infinity` for never. */
export function nextMoment(keys: readonly KeyTimes[], plan: KeyPlan, now: number): number {
  const signer = signerOf(keys, plan, now);
  const due = signer === undefined ? now : signer.activeFrom + plan.rotate - plan.lead;
  const others = keys.flatMap(({ activeFrom, expiresAt, retiredAt }) => [activeFrom, activeFrom + plan.rotate, ...(retiredAt !== null && expiresAt !== null ? [expiresAt] : [])]);
  return Math.min(...[due, ...others].filter((moment) => moment > now));
}

/** Whether it is one of an algorithm that is not used any more, and old: nothing takes its place, it just retires. */
export function isLeftOver({ activeFrom, algorithm, retiredAt }: KeyTimes, plan: KeyPlan, now: number): boolean {
  return algorithm !== plan.algorithm && retiredAt === null && activeFrom + plan.rotate <= now;
}

/** Whether anything that it signed may still be good. */
export function isOver({ expiresAt, retiredAt }: KeyTimes, now: number): boolean {
  return retiredAt !== null && expiresAt !== null && expiresAt <= now;
}
