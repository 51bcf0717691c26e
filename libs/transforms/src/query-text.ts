/** Queries as text: parameters keep their bytes, only names are decoded, and only to compare them. */

/** Name of a raw `name=value` parameter, decoded; as it stands when it is not valid percent-encoding. */
export function parameterName(parameter: string): string {
  const equals = parameter.indexOf('=');
  return decode(equals < 0 ? parameter : parameter.slice(0, equals));
}

/** Value of a raw parameter, decoded. */
export function parameterValue(parameter: string): string {
  const equals = parameter.indexOf('=');
  return equals < 0 ? '' : decode(parameter.slice(equals + 1));
}

/** The raw parameters of a query that is empty or starts with `?`. */
export function parametersOf(query: string): string[] {
  return query.length < 2 ? [] : query.slice(1).split('&');
}

/** Decoded value of the first parameter of that name. */
export function queryValue(query: string, name: string): string | undefined {
  const found = parametersOf(query).find((parameter) => parameterName(parameter) === name);
  return found === undefined ? undefined : parameterValue(found);
}

/** Percent-encodes text for a query or for one path segment. */
export function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The query of raw parameters: empty, or from the `?` on. */
export function queryOf(parameters: readonly string[]): string {
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
