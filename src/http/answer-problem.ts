import type { ServerResponse } from 'node:http';
import { Problem, problems, type Exchange } from '#libs/kernel';
import { fromHttpException, isHttpException } from './nest-exception.js';
import { writeAnswer } from './write-answer.js';

/** Anything thrown, as a problem of the catalogue. What is not a Problem is our own fault. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isHttpException(error)) return fromHttpException(error);
  return new Problem(problems.internal, 'Something went wrong inside the gateway', { cause: error });
}

/** Answers with a problem in the route's shape; when the head has already left, ends the connection. */
export function answerProblem(exchange: Exchange, error: unknown, response: ServerResponse): void {
  const problem = toProblem(error);
  exchange.problem = problem;
  exchange.status = problem.status;
  if (response.headersSent || response.destroyed || !exchange.route) {
    response.destroy();
    return;
  }
  try {
    writeAnswer(exchange, exchange.route.problems.render(problem, exchange), response);
  } catch (fault) {
    // What a plugin said in its problem cannot be sent. Where even our own words cannot, only the log can tell.
    if (problem.type === problems.internal) response.destroy();
    else answerProblem(exchange, fault, response);
  }
}
