import { type Handler, Refusal, type Routes } from './call.js';

export interface Found {
  readonly handler: Handler;
  readonly params: Readonly<Record<string, string>>;
}

/** Where a path is served with or without its last slash; FastAPI sends the client there. */
export class Moved {
  constructor(readonly path: string) {}
}

interface Entry {
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: number;
  readonly handler: Handler;
}

function entry([key, handler]: [string, Handler]): Entry {
  const [method = '', path = ''] = key.split(' ');
  const names = path.match(/:\w+/g) ?? [];
  const source = path.replaceAll('.', '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+)');
  return { method, pattern: new RegExp(`^${source}$`), parameters: names.length, handler };
}

/** Literal paths win over parameters; an unknown path is 404, a known one with another method 405. */
export function router(routes: Routes): (method: string, path: string) => Found | Moved {
  const table = Object.entries(routes)
    .map(entry)
    .sort((a, b) => a.parameters - b.parameters);
  const serving = (path: string): Entry[] => table.filter(({ pattern }) => pattern.test(path));

  return (method, path) => {
    const entries = serving(path);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const hit = entries.find((candidate) => candidate.method === wanted);
    if (hit) return { handler: hit.handler, params: { ...hit.pattern.exec(path)?.groups } };
    if (entries.length > 0) {
      throw new Refusal(405, 'Method Not Allowed', { allow: entries.map((candidate) => candidate.method).join(', ') });
    }
    const twin = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
    if (serving(twin).length > 0) return new Moved(twin);
    throw new Refusal(404, 'Not Found');
  };
}
