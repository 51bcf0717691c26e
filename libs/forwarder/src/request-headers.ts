import { HeaderList, type Exchange } from '#libs/kernel';
import { connectionNames, HOP_BY_HOP } from './hop-by-hop.js';

/** Written by us per try, from what we know: the target's authority and the body's framing. */
const OURS: ReadonlySet<string> = new Set(['host', 'expect', 'max-forwards']);

/** Spellings to remember; clients use few, but anybody can invent more. */
const REMEMBERED = 1_024;

/**
 * Compiles the copying of what the client sent, less what must not travel: hop-by-hop fields, those its `Connection`
 * header names, and those the route drops. `te: trailers` survives, because response trailers are forwarded.
 * @param isDropped asked once per spelling of a name, in lower case: the answer is remembered.
 */
export function compileHeaderCopy(isDropped: (lowerName: string) => boolean): (exchange: Exchange) => HeaderList {
  const verdicts = new Map<string, boolean>();
  const judge = (name: string): boolean => {
    const lower = name.toLowerCase();
    const passes = !HOP_BY_HOP.has(lower) && !OURS.has(lower) && !isDropped(lower);
    if (verdicts.size >= REMEMBERED) verdicts.clear();
    verdicts.set(name, passes);
    return passes;
  };
  return (exchange) => {
    const { headers, rawHeaders } = exchange;
    const named = connectionNames(headers.connection);
    const flat: string[] = [];
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] as string;
      if (!(verdicts.get(name) ?? judge(name))) continue;
      if (named !== null && named.has(name.toLowerCase())) continue;
      flat.push(name, rawHeaders[i + 1] as string);
    }
    const copy = new HeaderList(flat);
    if (exchange.body === null && headers['content-length'] !== undefined) copy.remove('content-length');
    if (headers.te !== undefined && /(?:^|,)\s*trailers\s*(?:,|$)/i.test(String(headers.te))) flat.push('te', 'trailers');
    return copy;
  };
}
