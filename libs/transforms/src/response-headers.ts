import type { Answer, Exchange, HeaderList } from '#libs/kernel';
import { compileSetHeaders, lowerCase, type HeaderEdit } from './header-edit.js';
import { placeholdersOf } from './template.js';

/** With `mode: list`, fields without which the answer cannot be read or would not be valid HTTP. */
const NEVER_UNLISTED = ['content-type', 'content-length', 'content-encoding', 'content-range', 'transfer-encoding', 'date'];

/**
 * Compiles what happens to the header of an answer: drop, then set.
 * @returns `null` when there is nothing to do.
 * @throws TemplateError for an unknown placeholder.
 */
export function compileResponseHeaders({ mode, allow, drop, set }: HeaderEdit): ((exchange: Exchange, answer: Answer) => void) | null {
  const steps = compileSetHeaders(set);
  const dropped = lowerCase(drop);
  const allowed = mode === 'list' ? lowerCase([...allow, ...NEVER_UNLISTED]) : null;
  const filters = dropped.size > 0 || allowed !== null;
  if (!filters && steps.length === 0) return null;
  const passes = (lowerName: string): boolean => !dropped.has(lowerName) && (allowed === null || allowed.has(lowerName));
  return (exchange, { headers }) => {
    if (filters) keepOnly(headers, passes);
    for (const step of steps) step(exchange, headers);
  };
}

/** What tells who answered, or for which route: the same for all who get the answer. */
const OF_ANSWER: ReadonlySet<string> = new Set(['route.name', 'service.name', 'target.url']);

/**
 * Parts an edit in two, for an answer that is kept and given to others: what is the same for all of them, and the fields
 * that tell of one request, such as `{request.id}`; `null` where there is none.
 * @throws TemplateError for a lone `{`.
 */
export function partByRequest(edit: HeaderEdit): { readonly shared: HeaderEdit; readonly own: HeaderEdit | null } {
  const isOwn = ([, template]: readonly [string, string]): boolean => placeholdersOf(template).some((name) => !OF_ANSWER.has(name));
  const fields = Object.entries(edit.set);
  if (!fields.some(isOwn)) return { shared: edit, own: null };
  return {
    shared: { ...edit, set: Object.fromEntries(fields.filter((field) => !isOwn(field))) },
    own: { mode: 'all', allow: [], drop: [], set: Object.fromEntries(fields.filter(isOwn)) },
  };
}

function keepOnly({ flat }: HeaderList, passes: (lowerName: string) => boolean): void {
  let write = 0;
  for (let read = 0; read < flat.length; read += 2) {
    const name = flat[read] as string;
    if (!passes(name.toLowerCase())) continue;
    flat[write++] = name;
    flat[write++] = flat[read + 1] as string;
  }
  flat.length = write;
}
