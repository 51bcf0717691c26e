import { Problem, problems, type ProblemType } from '#libs/kernel';
import type { MultipartConfig } from '../config/index.js';
import { compileMediaTypes } from './media-type.js';
import { literally } from './pattern-text.js';

/** What is asked of the parts of a form, in the order they come. Each returns what is wrong, or `null`. */
export interface MultipartRules {
  readonly maxFile: number;
  readonly maxField: number;
  field(name: string | undefined): Problem | null;
  file(name: string | undefined, type: string): Problem | null;
  tooLarge(name: string | undefined, file: boolean): Problem;
  /** All parts have come. */
  end(): Problem | null;
}

/** Compiles the rules of a route; what is returned makes those of one request, which count. */
export function compileMultipartRules({ fields, files = Number.POSITIVE_INFINITY, maxField, maxFile = Number.POSITIVE_INFINITY, maxParts, required, types }: MultipartConfig): () => MultipartRules {
  const allowed = fields?.map((name) => new RegExp(`^${name.split('*').map((part) => literally(part)).join('.*')}$`, 's'));
  const accepts = types && compileMediaTypes(types);
  return () => {
    const seen = new Set<string>();
    let parts = 0;
    let fileCount = 0;
    const part = (name: string | undefined): Problem | null => {
      if (name === undefined) return wrong(problems.unprocessable, '', 'has no name');
      if (allowed && !allowed.some((pattern) => pattern.test(name))) return wrong(problems.unprocessable, name, `is not expected; expected: ${fields?.join(', ')}`);
      seen.add(name);
      return ++parts > maxParts ? wrong(problems.unprocessable, name, `is one too many; there may be ${maxParts} parts`) : null;
    };
    return {
      maxFile, maxField,
      field: part,
      file: (name, type) => {
        const problem = part(name);
        if (problem) return problem;
        if (++fileCount > files) return wrong(problems.unprocessable, name, `is one file too many; there may be ${files}`);
        return accepts && !accepts(type) ? wrong(problems.unsupportedMediaType, name, `is of the type ${type}; accepted: ${types?.join(', ')}`) : null;
      },
      tooLarge: (name, file) => wrong(problems.bodyTooLarge, name, `is over the limit of ${file ? maxFile : maxField} bytes`),
      end: () => {
        const missing = required.find((name) => !seen.has(name));
        return missing === undefined ? null : wrong(problems.unprocessable, missing, 'is missing');
      },
    };
  };
}

/** The problem of one field, which it names; the text of a name is the client's. */
function wrong(type: ProblemType, name = '', message: string): Problem {
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  return new Problem(type, `The field ${JSON.stringify(shown)} ${message}`, { members: { errors: [{ path: shown, message }] } });
}
