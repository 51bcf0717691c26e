const EQUALS = 0x3d;
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Where a cookie's value starts in a `Cookie` header (RFC 6265 4.2); -1 when it is not there. A position rather than the
 * value, so that it can be hashed where it stands.
 */
export function cookieStart(header: string, name: string): number {
  for (let found = header.indexOf(name); found !== -1; found = header.indexOf(name, found + 1)) {
    const end = found + name.length;
    if (header.charCodeAt(end) === EQUALS && startsPair(header, found)) return end + 1;
  }
  return -1;
}

/** Where the value that starts at `start` ends, without the white space behind it. */
export function cookieEnd(header: string, start: number): number {
  const semicolon = header.indexOf(';', start);
  let end = semicolon === -1 ? header.length : semicolon;
  while (end > start && isBlank(header.charCodeAt(end - 1))) end--;
  return end;
}

/** A cookie as the client sent it; empty for none. */
export function cookieValue(header: string | undefined, name: string): string {
  const start = header === undefined ? -1 : cookieStart(header, name);
  return start === -1 ? '' : (header as string).slice(start, cookieEnd(header as string, start));
}

/** Not the end of another name, nor a part of another value. */
function startsPair(header: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && isBlank(header.charCodeAt(before))) before--;
  return before < 0 || header.charCodeAt(before) === SEMICOLON;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
