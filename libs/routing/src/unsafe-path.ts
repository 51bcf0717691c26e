/** Why a request target is refused: a service could read another path than the one that was routed and checked. */
const DETAILS = {
  'not-a-path': 'The request target is neither an absolute path nor an http(s) URL.',
  'bad-authority': 'The authority of the request target is empty, holds user information or is not a host name.',
  'control-character': 'The request target holds a space or a control character, plain or percent-encoded.',
  backslash: 'The path holds a backslash; some servers read it as "/".',
  'encoded-separator': 'The path holds a percent-encoded "/" or "\\" (%2F, %5C); some servers decode it.',
  'malformed-escape': 'The path holds a "%" without two hexadecimal digits behind it.',
  'invalid-utf8': 'The bytes of the path are not UTF-8: overlong, cut short, a surrogate or an encoded control character.',
  'dot-segment-parameters': 'The path holds "." or ".." with parameters (";"); some servers drop them and climb.',
  'above-root': 'The path climbs above its root with "..".',
} as const;

export type UnsafeReason = keyof typeof DETAILS;

/** A refused request target: status 400, problem `unsafe-path`. */
export interface UnsafePath {
  readonly unsafe: UnsafeReason;
  /** Sentence for the problem's detail; it never repeats the client's bytes. */
  readonly detail: string;
}

const REFUSALS = new Map<UnsafeReason, UnsafePath>();
for (const [reason, detail] of Object.entries(DETAILS) as [UnsafeReason, string][]) {
  REFUSALS.set(reason, Object.freeze({ unsafe: reason, detail }));
}

/** The one frozen refusal of a reason: hostile floods allocate nothing. */
export function unsafe(reason: UnsafeReason): UnsafePath {
  return REFUSALS.get(reason) as UnsafePath;
}
