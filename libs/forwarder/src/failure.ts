import { Problem, problems, type ProblemType } from '#libs/kernel';
import { Unprocessed } from './http2/unprocessed.js';

/** How far the exchange with the target had come when it broke. */
export type Phase = 'connect' | 'request-body' | 'response-head' | 'response-body';

const BY_CODE: Readonly<Record<string, ProblemType>> = {
  UND_ERR_CONNECT_TIMEOUT: problems.connectTimeout,
  UND_ERR_HEADERS_TIMEOUT: problems.firstByteTimeout,
  UND_ERR_BODY_TIMEOUT: problems.idleTimeout,
  UND_ERR_HEADERS_OVERFLOW: problems.badTargetResponse,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: problems.badTargetResponse,
  ECONNREFUSED: problems.targetUnreachable,
  ENOTFOUND: problems.targetUnreachable,
  EAI_AGAIN: problems.targetUnreachable,
  EHOSTUNREACH: problems.targetUnreachable,
  ENETUNREACH: problems.targetUnreachable,
  ETIMEDOUT: problems.connectTimeout,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: problems.protocolMismatch,
  ERR_TARGET_FORBIDDEN: problems.targetForbidden,
};

/** Errors that mean the client's own bytes were at fault, not the target. */
const CLIENT_CODES: ReadonlySet<string> = new Set(['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'UND_ERR_INVALID_ARG']);

/** Turns what undici (or the socket below it) reports into a problem of the catalogue, naming phase and side. */
export function classifyFailure(error: Error, phase: Phase): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Unprocessed) return new Problem(problems.targetUnreachable, 'The service turned the request away unread', { cause: error, members: CONNECT });
  const code = codeOf(error);
  if (CLIENT_CODES.has(code)) return new Problem(problems.malformedRequest, 'The request cannot be forwarded as it is', { cause: error });
  const type = BY_CODE[code] ?? (phase === 'connect' ? problems.targetUnreachable : problems.badTargetResponse);
  return new Problem(type, DETAILS[phase], { cause: error, members: { phase, side: 'target' } });
}

const CONNECT = { phase: 'connect', side: 'target' } as const;

const DETAILS: Readonly<Record<Phase, string>> = {
  connect: 'No connection to the service could be made',
  'request-body': 'The connection to the service broke while the request was being sent',
  'response-head': 'The service gave no usable response',
  'response-body': 'The service broke off its response',
};

function codeOf(error: Error): string {
  const own = (error as NodeJS.ErrnoException).code;
  // Happy eyeballs wraps one error per address; the first tells enough.
  if (own === undefined && error instanceof AggregateError) return codeOf(error.errors[0] as Error);
  return own ?? error.name;
}
