import { z } from 'zod';
import type { ShapeSettings } from './shape-settings.js';

type Body = Readonly<Record<string, unknown>>;

/** Makes schemas that read bodies by the platform's names for fields; further fields of accounts come as `attributes`. */
export function bodyReader({ fields, register }: Pick<ShapeSettings, 'fields' | 'register'>): <T>(schema: z.ZodType<T>) => z.ZodType<T> {
  const ours = Object.entries(fields) as readonly (readonly [string, readonly string[]])[];
  const theirs = new Map(ours.map(([name, [first = name]]) => [name, first]));
  const renamed = (body: Body): Body => ({
    ...Object.fromEntries(ours.flatMap(([name, names]) => {
      const found = names.find((each) => Object.hasOwn(body, each) && body[each] !== null);
      return found === undefined ? [] : [[name, body[found]]];
    })),
    attributes: Object.fromEntries(register.attributes.filter((name) => Object.hasOwn(body, name)).map((name) => [name, body[name]])),
  });
  return <T>(schema: z.ZodType<T>): z.ZodType<T> => z.record(z.string(), z.unknown(), { error: 'expected an object' }).transform((body, context) => {
    const read = schema.safeParse(renamed(body));
    if (read.success) return read.data;
    for (const { message, path: [name = '', ...below] } of read.error.issues) {
      context.addIssue({ code: 'custom', message, path: [theirs.get(String(name)) ?? String(name), ...below.map(String)] });
    }
    return z.NEVER;
  });
}
