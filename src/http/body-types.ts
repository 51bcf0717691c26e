import { Problem, problems, type Guard } from '#libs/kernel';
import { compileMediaTypes } from './media-type.js';

/**
 * Compiles `body.types`: refuses (415) a request body of any other content type. A body without `Content-Type` is
 * refused too, unless the list says `*` or `*` + `/*`: nobody vouched for what it is.
 * @returns `null` when every type is accepted.
 */
export function compileBodyTypes(types: readonly string[]): Guard | null {
  if (types.length === 0 || types.includes('*') || types.includes('*/*')) return null;
  const accepts = compileMediaTypes(types);
  // RFC 9110 15.5.16: the answer may name in Accept what would have been taken.
  const headers = { Accept: types.join(', ') };
  const detail = `This route accepts ${types.join(', ')}.`;
  return {
    admit: (exchange) => {
      if (exchange.body === null || accepts(exchange.headers['content-type'])) return;
      throw new Problem(problems.unsupportedMediaType, detail, { headers });
    },
  };
}
