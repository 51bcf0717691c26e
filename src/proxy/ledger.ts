import { events, type Ledger } from '#libs/kernel';
import { compileJudge, type JudgeOptions } from '#libs/resilience';
import type { LiveService } from '../services/index.js';

/** What counts where the file does not say: no answer, or one of a target that is not really there. */
const USUAL: JudgeOptions = { status: [502, 503, 504], problems: ['target-unreachable', 'connect-timeout', 'first-byte-timeout', 'bad-target-response', 'total-timeout'] };

/** Counts the tries of a service at their targets. It runs for every try, so it adds to plain numbers; failures are told of. */
export function compileLedger({ config, name }: LiveService): Ledger {
  const judge = compileJudge(countsOf(config));
  return {
    ended(exchange, target, met) {
      const outcome = typeof met === 'number' ? judge.answer(exchange, met) : judge.error(exchange, met);
      if (outcome === 'success') target.ok++;
      if (outcome === 'failure') target.failed++;
      // What breaks off says nothing to a breaker that counts beginnings; that it broke is worth knowing all the same.
      const failed = outcome === 'failure' || (typeof met !== 'number' && met.extras.members?.['side'] === 'target' && exchange.aborted === null);
      if (failed) events.tryFailed.publish({ exchange, service: name, target, reason: typeof met === 'number' ? `status-${met}` : met.type.code });
    },
  };
}

/** As the service judges its targets, or else itself. */
function countsOf({ breaker, health: { passive } }: LiveService['config']): JudgeOptions {
  if (passive !== undefined) return passive.counts;
  return breaker === undefined ? USUAL : breaker.counts;
}
