const JSON_FORMAT = { key: 'json', contentType: 'application/json; charset=utf-8' } as const;
/** RFC 9512. */
const YAML_FORMAT = { key: 'yaml', contentType: 'application/yaml; charset=utf-8' } as const;
const JSON_TYPE = /\bapplication\/(?:[\w.-]+\+)?json\b/i;
const YAML_TYPE = /\b(?:application|text)\/(?:[\w.+-]+\+|x-)?yaml\b/i;

/** What a request says of it. */
interface Wish {
  readonly path: string;
  readonly query: string;
  readonly accept: string | undefined;
}

/**
 * How to write the document: the path's ending decides, then `?format=`, then `Accept`.
 * @param usual where nothing is said.
 */
export function documentFormat({ accept, path, query }: Wish, usual: string = 'json'): typeof JSON_FORMAT | typeof YAML_FORMAT {
  const ending = /\.(json|ya?ml)$/i.exec(path)?.[1]?.toLowerCase();
  const asked = ending ?? new URLSearchParams(query).get('format')?.toLowerCase();
  if (asked === 'yaml' || asked === 'yml') return YAML_FORMAT;
  if (asked === 'json') return JSON_FORMAT;
  if (accept !== undefined && YAML_TYPE.test(accept)) return YAML_FORMAT;
  return usual === 'yaml' && !(accept !== undefined && JSON_TYPE.test(accept)) ? YAML_FORMAT : JSON_FORMAT;
}
