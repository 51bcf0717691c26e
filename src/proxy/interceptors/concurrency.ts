import { isEndless } from '#libs/forwarder';
import { events, Problem, problems, setAlarm, type Abortable, type Alarm, type Answer, type Exchange, type Interceptor, type Next, type Random, type Sleeper } from '#libs/kernel';
import { compileJudge, PRIORITIES, type Bulkhead, type Judge, type Waiter } from '#libs/resilience';
import type { ConcurrencyConfig, GatewayConfig } from '../../config/index.js';
import type { LiveService } from '../../services/index.js';
import type { CompileService } from '../compile.js';

/** What says that a service, or the way to it, has too much to do. */
const OVERLOAD = { status: [429, 503], problems: ['target-unreachable', 'connect-timeout', 'first-byte-timeout', 'total-timeout'] };

/**
 * `concurrency:` of the service: no more requests at once than it can take; the others wait for a moment, or are turned
 * away, those that matter least first. A request, not a try, has a slot: retries and hedging have their own budget.
 */
export const concurrency: CompileService = ({ config, resilience, service, settings, surroundings: { random } }): Interceptor | null => {
  const chosen = concurrencyOf(service, config);
  if (chosen === undefined) return null;
  const bulkhead = resilience.bulkhead(service, chosen, random);
  const priority = PRIORITIES.indexOf(settings.priority);
  const gate = new Gate({ service: service.name, bulkhead, priority, wait: chosen.wait, judge: chosen.adaptive ? compileJudge(OVERLOAD) : null, random });
  return { intercept: (exchange, next) => (bulkhead.enter(priority) ? gate.pass(exchange, next) : gate.wait(exchange).then(() => gate.pass(exchange, next))) };
};

/** `concurrency:` of a service. Nothing is kept free for routes that matter more where the file has none. */
export function concurrencyOf({ config: { concurrency: chosen } }: LiveService, { routes }: GatewayConfig): ConcurrencyConfig | undefined {
  if (!chosen || Object.values(routes).some(({ priority }) => priority === 'critical' || priority === 'high')) return chosen;
  return { ...chosen, shares: { ...chosen.shares, high: 1, normal: 1 } };
}

interface Parts {
  readonly service: string;
  readonly bulkhead: Bulkhead;
  readonly priority: number;
  /** Milliseconds. */
  readonly wait: number;
  /** `null` where the limit is not learned. */
  readonly judge: Judge | null;
  readonly random: Random;
}

class Gate {
  constructor(readonly parts: Parts) {}

  /** Calls the service with the slot that the exchange has, and sees to it that the slot is handed back. */
  async pass(exchange: Exchange, next: Next): Promise<Answer> {
    const { bulkhead, judge } = this.parts;
    let answer: Answer;
    try {
      answer = await next(exchange);
    } catch (error) {
      if (judge?.error(exchange, error) === 'failure') bulkhead.overloaded();
      bulkhead.leave();
      throw error;
    }
    if (judge !== null) this.#learn(exchange, answer, judge);
    // The service works until its answer is out; a stream that is meant to last would have the slot for ever.
    if (answer.body === null || isEndless(answer.headers.get('content-type'))) bulkhead.leave();
    else answer.body.whenOver(bulkhead.leave);
    return answer;
  }

  /** @throws Problem overloaded, by rejection; or whatever the exchange is aborted with meanwhile. */
  wait(exchange: Exchange): Promise<void> {
    return new Promise((resolve, reject) => new Waiting(this, exchange, { resolve, reject }).begin());
  }

  refusal(exchange: Exchange): Problem {
    const { priority, random, service } = this.parts;
    events.requestShed.publish({ exchange, service, priority: PRIORITIES[priority] as string });
    // Not all of them at once again.
    const seconds = random() < 0.5 ? 1 : 2;
    return new Problem(problems.overloaded, `The service ${service} has all the requests it can take; try again in ${seconds} s`, { headers: { 'Retry-After': String(seconds) } });
  }

  /** A failure says nothing about how fast the service is; nor does an upload, which is as slow as its client. */
  #learn(exchange: Exchange, { status }: Answer, judge: Judge): void {
    const { bulkhead } = this.parts;
    const body = exchange.outgoing?.body ?? null;
    if (judge.answer(exchange, status) === 'failure') bulkhead.overloaded();
    else if (status < 500 && (body === null || Buffer.isBuffer(body))) bulkhead.answered(exchange.targetTime);
  }
}

interface Outcome {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** An exchange that waits for a slot: until it has one, another takes its place, its time is over or its client leaves. */
class Waiting implements Waiter, Sleeper, Abortable {
  readonly priority: number;
  #alarm: Alarm | null = null;
  #over = false;

  constructor(private readonly gate: Gate, private readonly exchange: Exchange, private readonly outcome: Outcome) {
    this.priority = gate.parts.priority;
  }

  begin(): void {
    const { bulkhead, wait } = this.gate.parts;
    if (!bulkhead.wait(this)) {
      this.displaced();
      return;
    }
    // Learning may have made room at once.
    if (this.#over) return;
    this.#alarm = setAlarm(wait, this);
    this.exchange.onAbort(this);
  }

  admitted(): void {
    this.#end();
    this.outcome.resolve();
  }

  displaced(): void {
    this.#end();
    this.outcome.reject(this.gate.refusal(this.exchange));
  }

  wake(): void {
    this.gate.parts.bulkhead.giveUp(this);
    this.displaced();
  }

  abort(reason: Error): void {
    if (this.#over) return;
    this.gate.parts.bulkhead.giveUp(this);
    this.#end();
    this.outcome.reject(reason);
  }

  #end(): void {
    this.#over = true;
    this.#alarm?.clear();
  }
}
