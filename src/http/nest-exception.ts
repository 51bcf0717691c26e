import { STATUS_CODES } from 'node:http';
import type { HttpException } from '@nestjs/common';
import { Problem, problems, type ProblemType } from '#libs/kernel';

/** What controllers and guards of plugins may mean by an exception of Nest, by its status. */
const MEANT = new Map<number, ProblemType>([
  problems.malformedRequest, problems.unauthenticated, problems.forbidden, problems.notFound, problems.methodNotAllowed, problems.requestTimeout,
  problems.bodyTooLarge, problems.unsupportedMediaType, problems.unprocessable, problems.tooManyRequests, problems.internal,
].map((type) => [type.status, type]));

/** Whether it is one of Nest's exceptions; a plugin may bring a copy of Nest of its own. */
export function isHttpException(error: unknown): error is HttpException {
  return error instanceof Error && typeof (error as Partial<HttpException>).getStatus === 'function';
}

/** An exception of Nest as a problem, in its own words unless it is a fault. */
export function fromHttpException(error: HttpException): Problem {
  const status = error.getStatus();
  const type = MEANT.get(status) ?? typeOf(status);
  if (type === problems.internal) return new Problem(type, 'Something went wrong inside the gateway', { cause: error });
  if (type === problems.tooManyRequests) return new Problem(type, 'The limit is used up.', { cause: error });
  return new Problem(type, wordsOf(error), { cause: error });
}

/** A validation says several things at once. */
function wordsOf(error: HttpException): string {
  const response = error.getResponse();
  const said = typeof response === 'object' ? (response as { readonly message?: unknown }).message : response;
  return Array.isArray(said) ? said.join('; ') : error.message;
}

const others = new Map<number, ProblemType>();

/** A status that the catalogue has no problem for. */
function typeOf(status: number): ProblemType {
  const title = STATUS_CODES[status];
  if (title === undefined || status < problems.malformedRequest.status) return problems.internal;
  const type = others.get(status) ?? { code: title.toLowerCase().replaceAll(/\W+/g, '-'), status, title, help: 'A controller or guard of a plugin answered so.' };
  others.set(status, type);
  return type;
}
