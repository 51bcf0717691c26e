import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerProblem } from './answer-problem.js';
import { exchangeOf } from './exchange-of.js';

/** The only exception filter: whatever guards and controllers throw leaves in the shape `errors:` picks. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (!reply.sent) reply.hijack();
    answerProblem(exchangeOf(http.getRequest<FastifyRequest>().raw), error, reply.raw);
  }
}
