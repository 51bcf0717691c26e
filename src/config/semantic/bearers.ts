import { locate } from '../nodes.js';
import { askedOf } from '../schema/authenticate.js';
import type { IdentityConfig } from '../schema/index.js';
import type { Facts } from './facts.js';

/** Options of an authenticator, as its own schema has read them. */
type Options = Readonly<Record<string, unknown>>;

/** An authenticator of tokens. */
interface Bearer {
  readonly name: string;
  /** Where it looks, each place in one spelling. */
  readonly places: readonly string[];
  /** What would have it leave the tokens of other issuers to those after it; `null` where it does. */
  readonly remedy: string | null;
}

/** Two that look in the same place, where the first would refuse all that is for the second. */
export function checkBearers({ resolved, root, warnings }: Facts): void {
  const { authenticate = {}, identity } = resolved.file ?? {};
  const everyone = Object.keys(authenticate);
  const shadowed = new Map<Bearer, Bearer>();
  const bearers = new Map(Object.entries(authenticate).flatMap(([name, options]) => bearerOf(name, options, identity) ?? []).map((bearer) => [bearer.name, bearer]));
  for (const { authenticate: asked } of [...resolved.routes.values(), ...resolved.endpoints.values()]) {
    const inOrder = (askedOf(asked, everyone)?.any ?? []).flatMap((name) => bearers.get(name) ?? []);
    for (const [i, first] of inOrder.entries()) {
      const other = first.remedy === null ? undefined : inOrder.slice(i + 1).find(({ places }) => places.some((place) => first.places.includes(place)));
      if (other) shadowed.set(other, first);
    }
  }
  for (const [{ name }, first] of shadowed) {
    const path = ['authenticate', name];
    warnings.add(locate(root, path).place, path, `"${first.name}" is asked first, looks in the same place and refuses these tokens, for it does not know whose are its own; ${first.remedy as string}`);
  }
}

function bearerOf(name: string, options: Options, identity: IdentityConfig | undefined): Bearer | null {
  const remedy = remedyFor(options, identity);
  return remedy === undefined ? null : { name, remedy, places: (options['from'] as readonly Options[]).map(spelt) };
}

/** @returns `undefined` for what is no authenticator of tokens; what its options are, only its own schema knows. */
function remedyFor({ discover, issuer, use }: Options, identity: IdentityConfig | undefined): string | null | undefined {
  switch (use) {
    case 'jwt': return discover !== undefined || (issuer as readonly string[]).length > 0 ? null : 'give it an `issuer`, or name it last where both are asked';
    case 'identity': return identity?.issuer === undefined ? 'give `identity` an `issuer`, or name it last where both are asked' : null;
    case 'introspection': return 'name it last where both are asked';
    default: return undefined;
  }
}

function spelt({ header, scheme, ...place }: Options): string {
  if (typeof header !== 'string') return JSON.stringify(place);
  const name = header.toLowerCase();
  return JSON.stringify([name, scheme ?? (name === 'authorization' ? 'Bearer' : null)]);
}
