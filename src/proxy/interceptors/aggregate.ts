import { Answer, AnswerBody, HeaderList, type Exchange, type Interceptor } from '#libs/kernel';
import { compileCombination, stringifyExact, type Getter, type Ingredients } from '#libs/transforms';
import type { AggregateConfig } from '../../config/index.js';
import { AggregateCall, CallRefused, type Part } from '../aggregate-call.js';
import { limitSharing } from '../aggregate-sharing.js';
import type { CompileRequest } from '../compile.js';

/** `aggregate:` asks several services at once and makes one answer of theirs. */
export const aggregate: CompileRequest = ({ call, config, name }): Interceptor | null => {
  const chosen = config.routes[name]?.aggregate;
  if (chosen === undefined) return null;
  const calls = Object.entries(chosen.calls).map(([key, each]) => new AggregateCall(key, each, { call: call(each.to), max: chosen.max }));
  return new Aggregate(chosen, calls, compileCombination(chosen.body, Object.keys(chosen.calls)));
};

class Aggregate implements Interceptor {
  constructor(
    private readonly config: AggregateConfig,
    private readonly calls: readonly AggregateCall[],
    private readonly combine: Getter<Ingredients>,
  ) {}

  async intercept(exchange: Exchange): Promise<Answer> {
    const forks = this.calls.map(() => forkOf(exchange));
    try {
      const parts = await Promise.all(this.calls.map((call, i) => call.make(forks[i] as Exchange)));
      if (exchange.aborted) throw exchange.aborted;
      return this.#answer(exchange, parts);
    } catch (error) {
      if (exchange.aborted) throw exchange.aborted;
      if (!(error instanceof CallRefused)) throw error;
      // Nobody waits for the other calls any more.
      for (const fork of forks) if (fork !== error.fork) fork.abort(error);
      if (error.answer === null) throw error.problem;
      return error.answer;
    } finally {
      for (const { tries } of forks) exchange.tries += tries;
    }
  }

  #answer(exchange: Exchange, parts: readonly Part[]): Answer {
    const gaps = parts.filter(({ problem }) => problem !== null);
    const [first] = gaps;
    if (first?.problem && gaps.length === parts.length && !this.calls.some(({ config }) => config.default !== undefined)) throw first.problem;
    const values = Object.fromEntries(parts.map(({ name, value }) => [name, value]));
    const missing = Object.fromEntries(gaps.map(({ name, problem }) => [name, problem?.type.code ?? '']));
    const bytes = stringifyExact(this.combine({ exchange, values, missing }) ?? null);
    const headers = new HeaderList(['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(bytes.length)]);
    limitSharing(headers, parts);
    if (!first) return new Answer(200, headers, AnswerBody.of(bytes));
    headers.append('X-Partial', gaps.map(({ name }) => name).join(', '));
    headers.set('Cache-Control', 'no-store');
    exchange.degraded = 'partial';
    exchange.failure = first.problem;
    return new Answer(this.config.partial, headers, AnswerBody.of(bytes));
  }
}

/** The total time is the exchange's: no call may let go of it, whatever it is answered with. */
function forkOf(exchange: Exchange): Exchange {
  const fork = exchange.fork();
  fork.deadline = null;
  return fork;
}
