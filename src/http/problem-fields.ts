import { problems, type Exchange, type Problem } from '#libs/kernel';

/** One problem on its way to a client: what the placeholders of `errors:` read. */
export interface Occurrence {
  readonly problem: Problem;
  readonly exchange: Exchange;
  readonly status: number;
  /** What may be told of the problem's detail. */
  readonly detail: string;
  /** The detail, or what the file says instead. */
  readonly message: string;
}

type Field = (occurrence: Occurrence) => unknown;

/** Placeholders of an error template and what they stand for; `undefined` drops the key they stand at. */
export const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['status', ({ status }) => status],
  ['code', ({ problem }) => problem.type.code],
  ['title', ({ problem }) => problem.type.title],
  ['detail', ({ detail }) => detail],
  ['message', ({ message }) => message],
  ['path', ({ exchange }) => exchange.path],
  ['method', ({ exchange }) => exchange.method],
  ['requestId', ({ exchange }) => exchange.id],
  ['retryAfter', ({ problem }) => retryAfter(problem)],
  // An endpoint has no service; it may have been asked for one.
  ['service', ({ exchange, problem }) => (exchange.service ?? exchange.route?.service)?.name ?? problem.extras.members?.['service']],
  ['errors', ({ problem }) => wrongFields(problem)],
  ['errors.loc', ({ detail, problem }) => located(wrongFields(problem), detail)],
  ['details', ({ problem }) => problem.extras.members?.['details'] ?? problem.extras.members],
]);

/** One field of a body that is not as it must be. */
interface WrongField {
  /** Names with dots between them; empty for the body itself. */
  readonly path: string;
  readonly message: string;
}

function wrongFields({ extras: { members } }: Problem): readonly WrongField[] | undefined {
  const errors = members?.['errors'];
  return Array.isArray(errors) ? (errors as readonly WrongField[]) : undefined;
}

/** The same as FastAPI tells them; a body that could not be read at all is wrong as a whole. */
function located(errors: readonly WrongField[] = [], detail: string): unknown {
  const all = errors.length > 0 ? errors : [{ path: '', message: detail }];
  return all.map(({ message, path }) => ({ loc: ['body', ...(path === '' ? [] : path.split('.'))], msg: message, type: 'value_error' }));
}

/** Seconds, as a number where it is one; also where the header is not to be sent. */
function retryAfter({ extras }: Problem): number | string | undefined {
  const value = extras.headers?.['Retry-After'];
  if (value === undefined) return typeof extras.members?.['retryAfter'] === 'number' ? extras.members['retryAfter'] : undefined;
  return /^\d+$/.test(value) ? Number(value) : value;
}

/**
 * The detail as clients may read it: nothing of our own faults, and no address of a target, should one have slipped
 * into the text.
 */
export function tellableDetail(problem: Problem, exchange: Exchange): string {
  if (problem.type === problems.internal) return 'The fault is in the gateway; its log has the cause under this request id.';
  if (problem.status < 500 || exchange.target === null) return problem.detail;
  const { host, hostname } = exchange.target.url;
  const name = (exchange.service ?? exchange.route?.service)?.name ?? 'the service';
  const hidden = problem.detail.replaceAll(host, name);
  return /[.:]/.test(hostname) ? hidden.replaceAll(hostname, name) : hidden;
}
