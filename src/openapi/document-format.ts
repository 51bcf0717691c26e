const JSON_FORMAT = { key: 'json', contentType: 'application/json; charset=utf-8' } as const;
/** RFC 9512. */
const YAML_FORMAT = { key: 'yaml', contentType: 'application/yaml; charset=utf-8' } as const;
const YAML_TYPE = /\b(?:application|text)\/(?:[\w.+-]+\+|x-)?yaml\b/i;

/** How to write the document: the path's ending decides, then `?format=`, then `Accept`; JSON where nothing is said. */
export function documentFormat(path: string, query: string, accept: string | undefined): typeof JSON_FORMAT | typeof YAML_FORMAT {
  const ending = /\.(json|ya?ml)$/i.exec(path)?.[1]?.toLowerCase();
  const asked = ending ?? new URLSearchParams(query).get('format')?.toLowerCase();
  if (asked === 'yaml' || asked === 'yml') return YAML_FORMAT;
  if (asked === 'json') return JSON_FORMAT;
  return accept !== undefined && YAML_TYPE.test(accept) ? YAML_FORMAT : JSON_FORMAT;
}
