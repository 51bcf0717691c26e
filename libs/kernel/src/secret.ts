import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A value that never prints itself: not in a log, an error, JSON or a debugger line. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Every use is a place to review. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
