import { z } from 'zod';
import type { Chosen, ExtensionKind, ExtensionRegistry } from '#libs/kernel';

/** `{ use: name, ...options }`, checked against the options of the extension that `use` names. */
export function chosen(extensions: ExtensionRegistry, kind: ExtensionKind): z.ZodType<Chosen> {
  const known = extensions.all(kind).map(({ name, schema }) => {
    const { description } = schema;
    return schema.extend({ use: z.literal(name) }).meta({ id: `${kind}-${name}`, title: name, ...(description === undefined ? {} : { description }) });
  });
  const [first, ...rest] = known;
  if (!first) return z.strictObject({ use: z.never(`no ${kind} is installed; plugins bring them`) });
  return z.discriminatedUnion('use', [first, ...rest]) as unknown as z.ZodType<Chosen>;
}
