/** Status of a problem that is a fault of ours (RFC 9110 15.6.1). */
const OWN_FAULT = 500;

/** An error as RFC 9457 tells it, made from the catalogue. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly type: ProblemType,
    /** Sentence for this very occurrence; what to do where that helps. */
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    // A stack costs more than all the rest of a refusal, and strangers decide how many of those there are. It is worth having where the fault is in the code.
    const { stackTraceLimit } = Error;
    if (type.status !== OWN_FAULT) Error.stackTraceLimit = 0;
    super(`${type.code}: ${detail}`, extras.cause === undefined ? undefined : { cause: extras.cause });
    Error.stackTraceLimit = stackTraceLimit;
  }

  get status(): number {
    return this.type.status;
  }
}

export interface ProblemExtras {
  /** Header fields that belong to the answer, such as `WWW-Authenticate`, `Allow` or `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Extension members of the problem (RFC 9457 3.2), safe to show to the client. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** The error underneath, for logs only. */
  readonly cause?: unknown;
}

/** One entry of the catalogue. */
export interface ProblemType {
  /** Stable name: the last part of the problem's type URI, the key of `errors:` templates and the anchor in the docs. */
  readonly code: string;
  readonly status: number;
  /** Short summary, the same for every occurrence. */
  readonly title: string;
  /** What it means and what to do: the text of docs/errors.md. */
  readonly help: string;
  /** RFC 9209 `Proxy-Status` error token, where the failure is between us and a target. */
  readonly proxyStatus?: string;
}

const catalogue = new Map<string, ProblemType>();

/**
 * Adds an entry to the catalogue.
 * @throws Error when the code is taken: names are stable and unique.
 */
export function defineProblem(type: ProblemType): ProblemType {
  if (catalogue.has(type.code)) throw new Error(`The problem "${type.code}" is defined twice`);
  catalogue.set(type.code, Object.freeze(type));
  return type;
}

/** Every problem there is, by code. */
export function problemCatalogue(): readonly ProblemType[] {
  return [...catalogue.values()].sort((a, b) => a.code.localeCompare(b.code));
}
