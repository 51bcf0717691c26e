import { askedOf, type RouteSettings } from '../config/index.js';
import type { OperationObject } from './openapi-types.js';

/**
 * Any one of the authenticators will do, with those that are needed besides; an empty one stands for none.
 * @param known those that the document has a scheme for.
 */
export function securityOf({ authenticate }: Pick<RouteSettings, 'authenticate'>, known: ReadonlySet<string>): Pick<OperationObject, 'security'> {
  const asked = authenticate === undefined ? null : askedOf(authenticate);
  if (asked === null) return { security: [] };
  const [any, all] = [asked.any, asked.all].map((names) => names.filter((name) => known.has(name))) as [string[], string[]];
  if (any.length + all.length === 0) return {};
  const together = (names: readonly string[]): Record<string, string[]> => Object.fromEntries([...names, ...all].map((name) => [name, []]));
  return { security: [...any.map((name) => together([name])), ...(any.length === 0 || asked.optional ? [together([])] : [])] };
}
