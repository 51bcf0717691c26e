import type { Random } from '#libs/kernel';
import { hashText, mix } from './hash.js';

/** One of the ways a split parts requests, and its share. */
export interface Share {
  readonly name: string;
  /** Relative to the others; 0 for none. */
  readonly weight: number;
}

/** Chooses among variants; each choice is an index into the list it was compiled from. */
export interface VariantChoice {
  /** The same for the same key, on every gateway and after every restart. */
  of(key: string): number;
  /** At random. */
  draw(random: Random): number;
}

/**
 * Compiles the choice among variants, at least one of which has a weight. By rendezvous hashing, as in `consistent-hash`:
 * key and variant together make a number, weighted as -weight / ln(number in (0, 1)), and the highest wins. So when the
 * weight of one variant grows, keys move to that one and between no others, and only as many as must.
 * @param salt mixed into the hash: two choices with different ones have nothing to do with each other.
 */
export function compileVariants(shares: readonly Share[], salt: string): VariantChoice {
  const seeds = shares.map(({ name }) => hashText(`${salt}\n${name}`));
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  return {
    of(key) {
      const hash = hashText(key);
      return best(shares, ({ weight }, i) => -weight / Math.log((mix(hash ^ (seeds[i] as number)) + 1) / 4_294_967_297));
    },
    draw(random) {
      let rest = random() * total;
      const found = shares.findIndex(({ weight }) => (rest -= weight) < 0);
      // Rounding can leave a little past the last.
      return found === -1 ? shares.findLastIndex(({ weight }) => weight > 0) : found;
    },
  };
}

/** A weight of 0 makes a score of 0, which is never above another. */
function best(shares: readonly Share[], score: (share: Share, index: number) => number): number {
  let winner = 0;
  let highest = 0;
  for (const [i, share] of shares.entries()) {
    const own = score(share, i);
    if (own <= highest) continue;
    highest = own;
    winner = i;
  }
  return winner;
}
