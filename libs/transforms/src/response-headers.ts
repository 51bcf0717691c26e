import type { Answer, Exchange, HeaderList } from '#libs/kernel';
import { compileSetHeaders, lowerCase, type HeaderEdit } from './header-edit.js';

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
