import { Problem, problems, type Interceptor } from '#libs/kernel';
import { compileJudge, REFUSED, type CircuitBreaker } from '#libs/resilience';
import type { CompileService } from '../compile.js';

/** `breaker:` of the route or its service: no request goes to a service that fails, until it had a rest. */
export const breaker: CompileService = ({ name, resilience, service, settings, surroundings: { clock } }): Interceptor | null => {
  const own = settings.breaker;
  const chosen = own ?? service.config.breaker;
  if (chosen === undefined || chosen === 'off') return null;
  const circuit = resilience.breaker(service, own === undefined ? null : name, chosen);
  const judge = compileJudge(chosen.counts);
  return {
    async intercept(exchange, next) {
      const pass = circuit.enter();
      if (pass === REFUSED) throw refusal(service.name, circuit);
      const startedAt = clock.elapsed();
      try {
        const answer = await next(exchange);
        circuit.report(pass, judge.answer(exchange, answer.status), clock.elapsed() - startedAt);
        return answer;
      } catch (error) {
        circuit.report(pass, judge.error(exchange, error), clock.elapsed() - startedAt);
        throw error;
      }
    },
  };
};

function refusal(service: string, circuit: CircuitBreaker): Problem {
  const seconds = Math.max(1, Math.ceil(circuit.retryAfter() / 1_000));
  return new Problem(problems.circuitOpen, `The service ${service} fails and gets no requests for now; try again in ${seconds} s`, { headers: { 'Retry-After': String(seconds) } });
}
