const LONGEST = 2_048;
/** Its host is none, so nothing real can begin with it. */
const HERE = 'http://here.invalid';

/**
 * Where somebody wants to go after a login, as a path of this very site; `null` for everything a browser could take for
 * another one: `//host`, `/\host`, `https:`, and what only looks like a path until tabs and dots are taken out of it.
 */
export function localPath(text: string): string | null {
  // oxlint-disable-next-line no-control-regex -- They are what is looked for: browsers leave some of them out.
  if (text.length > LONGEST || !text.startsWith('/') || /[\\\u0000-\u001f\u007f]/.test(text)) return null;
  const url = URL.parse(text, HERE);
  if (url === null || url.origin !== HERE) return null;
  const path = url.pathname + url.search + url.hash;
  return path.startsWith('//') ? null : path;
}
