/** Parameters of a field, where a backslash takes the meaning from a quote, and where it does not: readers differ. */
const PARAMETERS = [/;\s*([^\s=;"]+)\s*=\s*(?:"(?:\\.|[^"\\])*"|[^;"]*)/g, /;\s*([^\s=;"]+)\s*=\s*(?:"[^"]*"|[^;"]*)/g];
/** RFC 7578 4: what a part says of itself, once. */
const ONCE = ['content-disposition', 'content-type'];

/**
 * Looks for what readers of forms take for different things: of a field or a name that stands twice some take the first,
 * some the last.
 * @param head of a part, from its delimiter to the empty line.
 * @returns what is wrong; `null` for nothing.
 */
export function ambiguityIn(head: string): string | null {
  const [padding, ...lines] = head.split('\r\n');
  if (padding !== '' || lines.some((line) => /^[ \t]|[\r\n]/.test(line))) return 'the lines at the head of a part are none';
  const fields = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1)] as const);
  const twice = ONCE.find((name) => fields.filter(([field]) => field === name).length > 1);
  if (twice !== undefined) return `a part has two fields ${twice}`;
  const disposition = fields.find(([field]) => field === 'content-disposition')?.[1] ?? '';
  return PARAMETERS.some((parameter) => isAmbiguous([...disposition.matchAll(parameter)].map(([, name = '']) => name.toLowerCase()))) ? 'a part has more than one name' : null;
}

/** `name*` is a name to some (RFC 8187), which forms may not have (RFC 7578 4.2). */
function isAmbiguous(names: readonly string[]): boolean {
  return new Set(names).size < names.length || names.some((name) => name.startsWith('name*'));
}
