import type { Exchange } from '#libs/kernel';
import { compilePath } from './path.js';
import { compileQuery } from './query.js';

/** A request that is made on behalf of another. */
export interface CallSettings {
  readonly method: string;
  /** Template of the path. */
  readonly path: string;
  /** Parameter to template; empty for no query. */
  readonly query: Readonly<Record<string, string>>;
}

/** What belongs to the client's own request and body: a call for JSON has neither its conditions nor its ranges. */
const OF_THE_CLIENT: ReadonlySet<string> = new Set([
  'accept', 'accept-encoding', 'content-encoding', 'content-language', 'content-length', 'content-location', 'content-type', 'expect',
  'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'range', 'te',
]);

/**
 * Compiles the edit that turns the outgoing request of a fork into a call of its own: context headers stay, what is
 * about the client's body and its copy of the answer goes.
 * @param captures Names the route's patterns capture, to check the templates; omit it to skip that.
 * @throws TemplateError for a template that cannot be compiled. The edit throws the problem unsafe-path.
 */
export function compileCall({ method, path, query }: CallSettings, captures?: readonly string[]): (fork: Exchange) => void {
  const editPath = compilePath({ template: path }, 'keep', method, captures);
  const editQuery = compileQuery({ set: query, remove: [], rename: {} });
  return (fork) => {
    const { outgoing } = fork;
    if (!outgoing) return;
    outgoing.body = null;
    outgoing.query = '';
    strip(outgoing.headers.flat);
    outgoing.headers.append('accept', 'application/json');
    editPath?.(fork);
    editQuery?.(fork);
  };
}

function strip(flat: string[]): void {
  let write = 0;
  for (let read = 0; read < flat.length; read += 2) {
    const name = flat[read] as string;
    if (OF_THE_CLIENT.has(name.toLowerCase())) continue;
    flat[write++] = name;
    flat[write++] = flat[read + 1] as string;
  }
  flat.length = write;
}
