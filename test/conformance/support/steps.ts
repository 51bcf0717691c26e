import type { Answer } from './answers.js';

/** A value, a pattern, or bounds of a number, both included. */
export type Wanted = string | RegExp | readonly [number, number];

/** What is asked and wanted beyond what the kind of a step says. */
export interface More {
  /** Default: GET. */
  readonly method?: string;
  /** Behind the path of the case, e.g. `/a` or `?a=1`. */
  readonly path?: string;
  /** Request header lines; may hold placeholders. */
  readonly send?: readonly string[];
  readonly content?: string;
  /** Status of the reply. Default: what the kind of the step says. */
  readonly status?: number;
  /** Body of the reply. Default: what the kind of the step says. */
  readonly text?: string | RegExp;
  /** The body of the n-th answer of the origin, instead of the latest for this path. */
  readonly of?: number;
  /** Fields of the reply by lower-case name; several lines are joined by a comma. */
  readonly has?: Readonly<Record<string, Wanted>>;
  readonly lacks?: readonly string[];
  /** Fields that are the same as in the reply before. */
  readonly same?: readonly string[];
  /** Fields the origin got, and those it must not have got. */
  readonly upstream?: { readonly has?: Readonly<Record<string, Wanted>>; readonly lacks?: readonly string[] };
  readonly trailers?: Readonly<Record<string, string>>;
  readonly interim?: readonly number[];
  readonly broken?: boolean;
  /** What the origin says to a request that nobody waits for; the step ends when it was asked. */
  readonly behind?: Answer;
  /** What the origin says when it is asked a second time for the same reply, which then is this. */
  readonly again?: Answer;
}

export interface Step extends More {
  readonly kind: 'asks' | 'reuses' | 'validates' | 'either' | 'refuses' | 'pause';
  readonly answer?: Answer;
  /** Milliseconds. */
  readonly pause?: number;
}

/** The origin is asked, once, and the client gets what it says. */
export const asks = (answer: Answer, more: More = {}): Step => ({ kind: 'asks', answer, ...more });

/** The client gets what was stored; the origin is not asked. */
export const reuses = (more: More = {}): Step => ({ kind: 'reuses', ...more });

/** The origin is asked with a condition; after its 304 the client gets what was stored. */
export const validates = (answer: Answer, more: More = {}): Step => ({ kind: 'validates', answer, ...more });

/** The one or the other, for what the RFC leaves open; each done properly. */
export const either = (answer: Answer, more: More = {}): Step => ({ kind: 'either', answer, ...more });

/** The gateway refuses; the origin is not asked. */
export const refuses = (status: number, more: More = {}): Step => ({ kind: 'refuses', status, ...more });

export const pause = (milliseconds: number): Step => ({ kind: 'pause', pause: milliseconds });

/**
 * What the RFC says of it. `must`: MUST and MUST NOT, and what follows from a definition. `should`: SHOULD, what "caches
 * are encouraged" to do, and that what may be reused is (9111 2). `may`: left open; a strict case of this level says what
 * this gateway has chosen.
 */
export type Level = 'must' | 'should' | 'may';

export interface Case {
  readonly name: string;
  /** RFC and section, e.g. `9111 4.2.1`. */
  readonly rfc: string;
  readonly level: Level;
  readonly steps: readonly Step[];
}

type Said = Answer | readonly string[];
const answerOf = (said: Said): Answer => ('status' in said ? said : { status: 200, lines: said });

/** A response with these lines answers the same request again. */
export const stored = (name: string, rfc: string, said: Said, level: Level = 'should', again: More = {}): Case =>
  ({ name, rfc, level, steps: [asks(answerOf(said)), reuses(again)] });

/** A response with these lines does not answer the same request again, not without a word from the origin. */
export const notStored = (name: string, rfc: string, said: Said, level: Level = 'must', again: More = {}): Case =>
  ({ name, rfc, level, steps: [asks(answerOf(said)), asks({ status: 200, lines: [] }, again)] });
