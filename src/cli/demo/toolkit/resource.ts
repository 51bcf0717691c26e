import { z } from 'zod';
import { parse, readBody } from './body.js';
import { type Call, created, type Handler, idOf, Refusal, type Routes } from './call.js';
import type { Collection, Row } from './collection.js';
import { paginate } from './page.js';

interface ResourceOptions<T extends Input, Input extends object> {
  readonly rows: Collection<T>;
  /** What a client may write; a field outside it stays as it is. */
  readonly schema: z.ZodType<Input>;
  /** How a 404 names one of them: `Élève 99 introuvable`. */
  readonly label: string;
  /** Which rows this caller may see; the others do not exist for them. Default: all. */
  readonly visible?: (call: Call) => (row: Row<T>) => boolean;
}

/** The row the path names, or 404. */
export function rowOf<T extends object>(call: Call, options: Omit<ResourceOptions<T, T>, 'schema'>): Row<T> {
  const id = idOf(call);
  const row = options.rows.get(id);
  if (row && (options.visible?.(call)(row) ?? true)) return row;
  throw new Refusal(404, `${options.label} ${id} introuvable`);
}

/** List, read, replace, change and delete, for rows that come into being in some other way. */
export function existing<T extends Input, Input extends object>(
  path: string,
  options: ResourceOptions<T, Input>,
): Routes {
  const { rows, schema, visible = () => () => true } = options;
  const item = `${path.replace(/\/$/, '')}/:id`;
  return {
    [`GET ${path}`]: (call) => paginate(rows.where(visible(call)), call.query),
    [`GET ${item}`]: (call) => rowOf(call, options),
    [`PUT ${item}`]: async (call) => {
      const input = await readBody(call.request, schema);
      const row = rowOf(call, options);
      return rows.replace(row.id, { ...row, ...input });
    },
    [`PATCH ${item}`]: async (call) => {
      const changes = await readBody(call.request, z.looseObject({}));
      const row = rowOf(call, options);
      return rows.replace(row.id, { ...row, ...parse(schema, { ...row, ...changes }) });
    },
    [`DELETE ${item}`]: (call) => {
      rows.remove(rowOf(call, options).id);
    },
  };
}

/** The same, and create: what a client writes is the whole row. A trailing slash belongs to the list only. */
export function resource<T extends object>(path: string, options: ResourceOptions<T, T>): Routes {
  const create: Handler = async ({ request }) => created(options.rows.add(await readBody(request, options.schema)));
  return { ...existing(path, options), [`POST ${path}`]: create };
}
