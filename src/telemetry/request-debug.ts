import type { OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock, type Exchange } from '#libs/kernel';
import type { ConfigStore } from '../config/index.js';
import { compileDebugCheck } from './debug-header.js';
import { tellEnd, tellOpening } from './debug-notes.js';
import type { LogShape } from './log-shape.js';
import type { Logger } from './logger.js';

/** What happens to an exchange on its way, told where it bears a debug header. */
type Told = { readonly exchange: Exchange };

/**
 * Tells what is decided on exchanges that bear a valid debug header, in lines of level `debug` that are written whatever
 * the level is. Where the file has no secret for it nobody listens, and nothing is looked at.
 */
export class RequestDebug implements OnApplicationShutdown {
  /** Its level is its own. */
  readonly #debug: Logger;
  #ends: readonly (() => void)[] = [];
  readonly #unsubscribe: () => void;

  constructor(private readonly store: { readonly current: Pick<ConfigStore['current'], 'config'> }, private readonly logger: Logger, private readonly shape: Pick<LogShape, 'redaction'>, private readonly clock: Clock) {
    this.#debug = logger.child({}, { level: 'debug' });
    this.#configure();
    this.#unsubscribe = events.configurationApplied.subscribe(() => this.#configure());
  }

  #configure(): void {
    for (const end of this.#ends) end();
    const { debug, query } = this.store.current.config.log;
    if (debug === undefined) {
      this.#ends = [];
      return;
    }
    const name = debug.header.toLowerCase();
    const check = compileDebugCheck(debug.secret, this.clock);
    this.#ends = [
      events.exchangeOpened.subscribe((exchange) => {
        const sent = exchange.headers[name];
        if (sent !== undefined) this.#open(exchange, check(String(sent), exchange), query);
      }),
      ...this.#follow(),
      events.exchangeClosed.subscribe((exchange) => {
        if (exchange.debugged) tellEnd(exchange, this.clock.elapsed() - exchange.startedAt, this.#say(exchange));
      }),
    ];
  }

  #open(exchange: Exchange, wrong: string | null, query: boolean): void {
    if (wrong !== null) {
      this.logger.debug({ requestId: exchange.id, client: exchange.client, why: wrong }, 'a debug header is not valid');
      return;
    }
    exchange.debugged = true;
    tellOpening(exchange, { query, redaction: this.shape.redaction }, this.#say(exchange));
    events.exchangeDebugged.publish(exchange);
  }

  #follow(): readonly (() => void)[] {
    const say = <T extends Told>(text: string, fields: (told: T) => object) => (told: T): void => {
      if (told.exchange.debugged) this.#say(told.exchange)(fields(told), text);
    };
    return [
      events.routeExplained.subscribe(say('other routes', ({ others, version }) => ({ version, others }))),
      events.limitStoreAway.subscribe(say('the counters of a limit cannot be asked', ({ away, limit }) => ({ limit, away }))),
      events.requestShed.subscribe(say('the service has all the requests it may have', ({ priority, service }) => ({ service, priority }))),
      events.tryFailed.subscribe(say('a try failed', ({ exchange, reason, service, target }) => ({ service, target: target.url.host, reason, try: exchange.tries, targetTime: exchange.targetTime }))),
      events.retryScheduled.subscribe(say('another try follows', ({ delay, exchange }) => ({ tries: exchange.tries, delay }))),
      events.retryBudgetExhausted.subscribe(say('no other try: the budget of retries is used up', ({ service }) => ({ service }))),
      events.requestHedged.subscribe(say('more than one target was asked', ({ outcome, service }) => ({ service, outcome }))),
      events.answerBroken.subscribe(say('the answer broke off', ({ problem, target }) => ({ target: target.url.host, problem: problem.type.code, detail: problem.detail }))),
    ];
  }

  #say({ id }: Exchange): (fields: object, text: string) => void {
    return (fields, text) => this.#debug.debug({ requestId: id, ...fields }, text);
  }

  onApplicationShutdown(): void {
    for (const end of this.#ends) end();
    this.#unsubscribe();
  }
}
