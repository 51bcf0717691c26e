import { Problem, type Answer, type Exchange, type Outgoing } from '#libs/kernel';
import { statusSet } from './judge.js';

export interface RetryOptions {
  /** Methods that may be repeated although the first try may have had an effect. */
  readonly methods: readonly string[];
  /** Whether an `Idempotency-Key` makes any method one of those. */
  readonly idempotencyKey: boolean;
  /** Statuses that are worth another try, or ranges of them. */
  readonly status: readonly (number | string)[];
  /** Codes of problems that are worth another try. */
  readonly problems: readonly string[];
}

/** Judges whether an exchange may be tried again. */
export interface RetryRules {
  /** Whether the body is still there for another try: a body that streams is, until a connection has begun to read it. */
  mayRepeat(exchange: Exchange): boolean;
  retriesAnswer(exchange: Exchange, answer: Answer): boolean;
  retriesError(exchange: Exchange, error: unknown): boolean;
}

/** Compiles what may be tried again. RFC 9110 9.2.2: only what is idempotent, or what surely never arrived. */
export function compileRetryRules({ idempotencyKey, methods, problems, status }: RetryOptions): RetryRules {
  const repeatable = new Set(methods);
  const statuses = statusSet(status);
  const codes = new Set(problems);
  const isIdempotent = (exchange: Exchange): boolean =>
    repeatable.has((exchange.outgoing as Outgoing).method) || (idempotencyKey && exchange.headers['idempotency-key'] !== undefined);
  return {
    mayRepeat: hasBody,
    retriesAnswer: (exchange, answer) => exchange.aborted === null && statuses.has(answer.status) && isIdempotent(exchange) && !isStream(exchange),
    retriesError: (exchange, error) => exchange.aborted === null && error instanceof Problem && codes.has(error.type.code)
      && (error.extras.members?.['phase'] === 'connect' ? hasBody(exchange) : isIdempotent(exchange) && !isStream(exchange)),
  };
}

function hasBody({ outgoing }: Exchange): boolean {
  if (outgoing === null) return false;
  const { body } = outgoing;
  return body === null || Buffer.isBuffer(body) || !(body.readableDidRead || body.destroyed);
}

function isStream({ outgoing }: Exchange): boolean {
  return outgoing !== null && outgoing.body !== null && !Buffer.isBuffer(outgoing.body);
}
