import { Problem, problems, type ProblemType } from '#libs/kernel';
import { isContainer } from './exact-json.js';
import { valueAt, type JsonPath } from './json-path.js';

/** How servers say what kind of error it is, by convention: `extensions.code`. */
const BY_CODE: ReadonlyMap<unknown, ProblemType> = new Map<unknown, ProblemType>([
  ['UNAUTHENTICATED', problems.unauthenticated], ['FORBIDDEN', problems.forbidden], ['NOT_FOUND', problems.notFound], ['BAD_USER_INPUT', problems.unprocessable],
]);

/**
 * What a client of a REST route gets of a GraphQL answer: the value at a path below `data`.
 * @param partial whether data is taken that came with errors.
 * @throws Problem graphql-failed, or another where an error has one of the usual codes.
 */
export function graphqlResult(answer: unknown, path: JsonPath, partial: boolean): unknown {
  const { data, errors } = (isContainer(answer) ? answer : {}) as { data?: unknown; errors?: unknown };
  const all = Array.isArray(errors) ? errors : [];
  const value = valueAt(data, path);
  if (all.length > 0 && (!partial || value === undefined || value === null)) throw problemOf(all);
  if (value === undefined) throw new Problem(problems.graphqlFailed, `The answer has no data${path.length > 0 ? ` at ${path.join('.')}` : ''}`);
  return value;
}

function problemOf(errors: readonly unknown[]): Problem {
  const told = errors.map((error) => {
    const { extensions, message, path } = (isContainer(error) ? error : {}) as { extensions?: unknown; message?: unknown; path?: unknown };
    const code = isContainer(extensions) ? extensions['code'] : undefined;
    return { message: typeof message === 'string' ? message : 'unknown', ...(Array.isArray(path) ? { path: path.join('.') } : {}), ...(typeof code === 'string' ? { code } : {}) };
  });
  const type = told.map(({ code }) => BY_CODE.get(code)).find((each) => each !== undefined) ?? problems.graphqlFailed;
  // RFC 9110 11.6.1: whoever says 401 says how.
  const headers = type === problems.unauthenticated ? { headers: { 'WWW-Authenticate': 'Bearer' } } : {};
  return new Problem(type, told[0]?.message ?? 'unknown', { members: { errors: told }, ...headers });
}
