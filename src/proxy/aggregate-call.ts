import { Problem, problems, setAlarm, type Answer, type Exchange, type HeaderList, type Next } from '#libs/kernel';
import { compileCall, compileFixedPath, readJsonAnswer, valueAt } from '#libs/transforms';
import type { CallConfig } from '../config/index.js';

/** What a call brought. */
export interface Part {
  readonly name: string;
  readonly value: unknown;
  /** Why it failed; then the value is its default. */
  readonly problem: Problem | null;
  /** Of the answer; `null` where the value is a default. */
  readonly headers: HeaderList | null;
}

/** A call that the whole cannot do without has failed. */
export class CallRefused extends Error {
  constructor(
    /** The exchange of the call. */
    readonly fork: Exchange,
    readonly problem: Problem,
    /** What the service answered, where it did; with its body still to come. */
    readonly answer: Answer | null,
  ) {
    super(problem.message, { cause: problem });
  }
}

/** How a call is made. */
interface Asking {
  readonly call: Next;
  /** Bytes its answer may have. */
  readonly max: number;
}

/** One call of an aggregate, compiled. */
export class AggregateCall {
  readonly #prepare: (fork: Exchange) => void;
  readonly #read: (value: unknown) => unknown;

  constructor(readonly name: string, readonly config: CallConfig, private readonly asking: Asking) {
    const { pick } = config;
    const path = pick === undefined ? null : compileFixedPath(pick);
    this.#prepare = compileCall(config);
    // A call that was not really made, as in a dry run, has no body and nothing to pick from.
    this.#read = path === null ? (value) => value : (value) => (value === null ? null : valueAt(value, path));
  }

  /**
   * Makes the call.
   * @param fork of the exchange, for this call alone.
   * @throws CallRefused by rejection when it fails and is required.
   */
  async make(fork: Exchange): Promise<Part> {
    const { name, config: { required, timeout, default: otherwise = null } } = this;
    const limit = setAlarm(timeout, { wake: () => fork.abort(new Problem(problems.totalTimeout, `The call ${name} took longer than ${timeout} ms`)) });
    let answer: Answer | null = null;
    try {
      this.#prepare(fork);
      answer = await this.asking.call(fork);
      return { name, value: await this.#valueOf(fork, answer), problem: null, headers: answer.headers };
    } catch (error) {
      const problem = problemOf(fork.aborted ?? error);
      const refused = answer !== null && !isSuccess(answer) ? answer : null;
      if (required) throw new CallRefused(fork, problem, refused);
      refused?.body?.cancel(problem);
      return { name, value: otherwise, problem, headers: null };
    } finally {
      limit.clear();
    }
  }

  async #valueOf(fork: Exchange, answer: Answer): Promise<unknown> {
    if (!isSuccess(answer)) throw new Problem(problems.callFailed, `The call ${this.name} was answered with ${answer.status}`);
    const value = this.#read(await readJsonAnswer(fork, answer, this.asking.max));
    if (value === undefined) throw new Problem(problems.callFailed, `The answer to the call ${this.name} has no ${this.config.pick}`);
    return value;
  }
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(problems.internal, 'A call could not be made', { cause: error });
}
