import { Problem, problems, setAlarm, type Interceptor } from '#libs/kernel';
import type { CompileRequest } from '../compile.js';

/** `timeout.total`: ends an exchange that takes too long in all. The forwarder lets go of streams that are meant to last. */
export const totalTimeout: CompileRequest = ({ settings }): Interceptor | null => {
  const { total } = settings.timeout;
  if (total === 0) return null;
  return {
    intercept(exchange, next) {
      exchange.deadline = setAlarm(total, { wake: () => exchange.abort(new Problem(problems.totalTimeout, `The exchange was not complete within ${total} ms`)) });
      return next(exchange);
    },
  };
};
