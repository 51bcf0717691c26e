import { z } from 'zod';
import { defineBalancer, type Target } from '#libs/kernel';
import { compileHashKey, KEYS, NO_KEY } from './hash-key.js';
import { hashText, mix } from './hash.js';
import { draw, fullWeight, totalWeight } from './weight.js';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const options = z.strictObject({
  by: z.enum(KEYS).describe(
    'What keeps requests together: `client` is the address behind trusted proxies, `user` the id of the principal, `path` the path a service sees, without its query, `header` and `cookie` what the client sent under `name`. Requests without it go to any target. Danger: who chooses the key chooses the target, within `load`.',
  ),
  name: z.string().regex(TOKEN, { error: 'expected a name without spaces or separators' }).optional().describe('Of the header, in any case, or of the cookie, exactly. Needed for these two.'),
  load: z.union([z.literal('off').transform(() => Number.POSITIVE_INFINITY), z.number().min(1)]).default(1.25).describe(
    'How far a target’s tries under way may be above the average, as a multiple of its share by weight; over it, the next target of the key takes the request. On a quiet service that parts parallel requests of one key. `off` never parts them. Danger: with `off`, one busy key can drown its target.',
  ),
}).superRefine(({ by, name }, context) => {
  const named = by === 'header' || by === 'cookie';
  if (named && name === undefined) context.addIssue({ code: 'custom', path: ['name'], message: `expected the name of the ${by}` });
  if (!named && name !== undefined) context.addIssue({ code: 'custom', path: ['name'], message: 'only for `by: header` and `by: cookie`' });
}).describe('The same target for the same key, as long as it is there; when one leaves or joins, only its own share of the keys moves. All gateways with the same targets agree.');

/**
 * Rendezvous hashing (highest random weight): key and target together make a number, the highest wins. A target's number
 * does not depend on its siblings, so that only the keys of one that leaves move. Weighted as -weight / ln(number in
 * (0, 1)) (Schindelhauer and Schomaker 2005); the load is bounded as in Mirrokni, Thorup and Zadimoghaddam 2016.
 */
export const consistentHash = defineBalancer({
  name: 'consistent-hash',
  schema: options,
  create: ({ by, load, name }, { random, weigh = fullWeight }) => {
    const keyOf = compileHashKey(by, name);
    const seeds = new WeakMap<Target, number>();
    return {
      pick(candidates, exchange) {
        const key = keyOf(exchange);
        if (key === NO_KEY) return draw(candidates, random, weigh);
        // What all may have under way, this try included. Their shares of it are more than there is: one is always free.
        const bound = load * (inFlightOf(candidates) + 1);
        const total = totalWeight(candidates, weigh);
        let best = candidates[0] as Target;
        let highest = 0;
        for (let i = 0; i < candidates.length; i++) {
          const target = candidates[i] as Target;
          const weight = weigh(target);
          if (target.inFlight >= Math.ceil((bound * weight) / total)) continue;
          const score = -weight / Math.log((mix(key ^ seedOf(target, seeds)) + 1) / 4_294_967_297);
          if (score <= highest) continue;
          best = target;
          highest = score;
        }
        return best;
      },
    };
  },
});

function inFlightOf(targets: readonly Target[]): number {
  let sum = 0;
  for (let i = 0; i < targets.length; i++) sum += (targets[i] as Target).inFlight;
  return sum;
}

/** From the address alone, so that restarts and other gateways come to the same. */
function seedOf(target: Target, seeds: WeakMap<Target, number>): number {
  const known = seeds.get(target);
  if (known !== undefined) return known;
  const seed = hashText(target.url.origin + target.basePath);
  seeds.set(target, seed);
  return seed;
}
