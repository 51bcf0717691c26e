/** A query without one parameter, and the values that parameter had. */
export interface QueryCut {
  readonly query: string;
  readonly values: readonly string[];
}

/**
 * Takes a parameter out of a query, leaving every other byte as the client sent it.
 * @param query empty, or from the `?` on.
 * @param wanted decides by the decoded value whether an occurrence is cut.
 * @returns `null` when nothing was cut.
 */
export function cutFromQuery(query: string, name: string, wanted: (value: string) => boolean): QueryCut | null {
  if (!mayHold(query, name)) return null;
  const values: string[] = [];
  const kept = query.slice(1).split('&').filter((pair) => {
    const equals = pair.indexOf('=');
    if (decode(equals === -1 ? pair : pair.slice(0, equals)) !== name) return true;
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (!wanted(value)) return true;
    values.push(value);
    return false;
  });
  if (values.length === 0) return null;
  return { query: kept.length === 0 ? '' : `?${kept.join('&')}`, values };
}

/** A name may hide behind percent-encoding, so that alone is a reason to look closer. */
function mayHold(query: string, name: string): boolean {
  return query !== '' && (query.includes(name) || query.includes('%') || query.includes('+'));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
