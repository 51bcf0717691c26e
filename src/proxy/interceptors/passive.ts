import { problems, Problem, type Exchange, type Interceptor } from '#libs/kernel';
import { compileJudge, type Outcome } from '#libs/resilience';
import type { CompileService } from '../compile.js';

/** `health.passive:` of the service: what each try meets is held against its target, or for it. */
export const passive: CompileService = ({ resilience, service }): Interceptor | null => {
  const chosen = service.config.health.passive;
  if (chosen === undefined) return null;
  const detector = resilience.detector(service, chosen);
  const judge = compileJudge(chosen.counts);
  const record = ({ target }: Exchange, outcome: Outcome, duration = 0): void => {
    if (target !== null && outcome !== 'ignored') detector.report(target, outcome === 'failure', duration);
  };
  return {
    async intercept(exchange, next) {
      detector.refresh();
      try {
        const answer = await next(exchange);
        // An upload is as slow as its client.
        record(exchange, judge.answer(exchange, answer.status), exchange.body === null ? exchange.targetTime : 0);
        return answer;
      } catch (error) {
        // Where there was no target, the slot may hold that of the try before.
        if (!(error instanceof Problem && error.type === problems.noTarget)) record(exchange, judge.error(exchange, error));
        throw error;
      }
    },
  };
};
