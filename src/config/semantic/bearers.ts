import { locate } from '../nodes.js';
import { askedOf } from '../schema/authenticate.js';
import type { Facts } from './facts.js';

/** Authenticators of tokens, each of which takes a token of a stranger for a bad one unless it knows its own issuers. */
const KINDS: ReadonlySet<unknown> = new Set(['jwt', 'identity', 'introspection']);

interface Bearer {
  readonly name: string;
  /** Where it looks, each place in one spelling. */
  readonly places: readonly string[];
  /** Whether it leaves tokens of other issuers to others. */
  readonly choosy: boolean;
}

/** Two that look in the same place, where the first would refuse all that is for the second. */
export function checkBearers({ resolved, root, warnings }: Facts): void {
  const { authenticate = {}, identity } = resolved.file ?? {};
  const everyone = Object.keys(authenticate);
  const choosyIn = ({ discover, issuer, use }: Readonly<Record<string, unknown>>): boolean =>
    (use === 'identity' ? identity?.issuer !== undefined : use === 'jwt' && (discover !== undefined || (issuer as readonly string[]).length > 0));
  const bearers = new Map(Object.entries(authenticate).filter(([, { use }]) => KINDS.has(use)).map(([name, chosen]): [string, Bearer] => [
    name, { name, places: (chosen['from'] as readonly object[]).map((place) => JSON.stringify(place)), choosy: choosyIn(chosen) },
  ]));
  const told = new Set<string>();
  for (const settings of [...resolved.routes.values(), ...resolved.endpoints.values()]) {
    const asked = (askedOf(settings.authenticate, everyone)?.any ?? []).flatMap((name) => bearers.get(name) ?? []);
    const greedy = asked.findIndex(({ choosy }, i) => !choosy && i < asked.length - 1);
    if (greedy === -1) continue;
    const { name, places } = asked[greedy] as Bearer;
    const kept = asked.slice(greedy + 1).find((other) => other.places.some((place) => places.includes(place)));
    if (kept === undefined || told.has(kept.name)) continue;
    told.add(kept.name);
    const path = ['authenticate', kept.name];
    warnings.add(locate(root, path).place, path, `"${name}" is asked first, looks in the same place and refuses these tokens, for it does not know whose are its own; give it an \`issuer\`, or name it last where both are asked`);
  }
}
