import { HeaderList, type Exchange } from '#libs/kernel';

/**
 * Puts another value in the place of a field of the request, or takes it out, for all that come after: limits, caches and
 * services. For credentials that only the gateway understands.
 * @param name in lower case.
 */
export function rewriteField({ headers, rawHeaders }: Exchange, name: string, value: string | null): void {
  const fields = new HeaderList(rawHeaders as string[]);
  if (value === null) {
    delete headers[name];
    fields.remove(name);
  } else {
    headers[name] = value;
    fields.set(name, value);
  }
}
