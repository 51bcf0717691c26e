import { defineInterceptor } from 'passerelle/kernel';
import { z } from 'zod';

/** Puts a number on every answer. */
export const stamp = defineInterceptor({
  name: 'stamp',
  schema: z.strictObject({
    header: z.string().min(1).default('X-Stamp').describe('Header of the answer. Default: X-Stamp.'),
  }),
  create({ header }) {
    let count = 0;
    return {
      async intercept(exchange, next) {
        const answer = await next(exchange);
        answer.headers.set(header, String(++count));
        return answer;
      },
    };
  },
});
