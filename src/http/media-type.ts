import { literally } from './pattern-text.js';

const REMEMBERED = 256;
const LONGEST = 512;

/** Whether a `Content-Type` value is one of a list. */
export type MediaTypeCheck = (contentType: string | undefined) => boolean;

/** The bare type of a `Content-Type` value: lower case, without parameters. */
export function essence(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

/**
 * Compiles a list of media types, where `*` stands for any text but a slash. Answers are remembered by the header's
 * exact text: a service sends few different ones.
 */
export function compileMediaTypes(patterns: readonly string[]): MediaTypeCheck {
  const matchers = patterns.map(matcher);
  const known = new Map<string, boolean>();
  return (contentType) => {
    if (contentType === undefined || contentType.length > LONGEST) return false;
    const before = known.get(contentType);
    if (before !== undefined) return before;
    const type = essence(contentType);
    const found = matchers.some((matches) => matches.test(type));
    // Clients choose these texts too: the memory must not grow with them.
    if (known.size >= REMEMBERED) known.clear();
    known.set(contentType, found);
    return found;
  };
}

function matcher(pattern: string): RegExp {
  const parts = (pattern === '*' ? '*/*' : essence(pattern)).split('*').map((part) => literally(part));
  return new RegExp(`^${parts.join('[^/]*')}$`);
}
