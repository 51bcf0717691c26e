import { Problem, problems, type Answer, type Interceptor } from '#libs/kernel';
import type { Compile } from '../compile.js';

const ENDLESS = /^(?:text\/event-stream|multipart\/x-mixed-replace)\b/i;

/** `timeout.total`: ends an exchange that takes too long in all. Streams that are meant to last are let go once they stand. */
export const totalTimeout: Compile = ({ settings }): Interceptor | null => {
  const { total } = settings.timeout;
  if (total === 0) return null;
  return {
    async intercept(exchange, next) {
      exchange.deadline = setTimeout(() => exchange.abort(new Problem(problems.totalTimeout, `The exchange was not complete within ${total} ms`)), total);
      const answer = await next(exchange);
      if (isEndless(answer)) clearTimeout(exchange.deadline);
      return answer;
    },
  };
};

function isEndless(answer: Answer): boolean {
  return answer.tunnel !== null || ENDLESS.test(answer.headers.get('content-type') ?? '');
}
