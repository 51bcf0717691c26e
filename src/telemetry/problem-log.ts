import type { OnApplicationShutdown } from '@nestjs/common';
import { events, problems, type Exchange } from '#libs/kernel';
import { errorFields } from './clean-fields.js';
import type { LogConfig } from './log-config.js';
import type { Logger } from './logger.js';
import { Repeats } from './repeats.js';

/** From here on a status says that we or a service failed, not the client. */
const FAILURE = 500;

/** What of `log.sample` is for these lines, as it is in force. */
type Most = () => LogConfig['sample']['problems'];

/** Tells the operator why an exchange failed; its access line has the same request id. */
export class ProblemLog implements OnApplicationShutdown {
  readonly #unsubscribe: () => void;

  readonly #repeats: Repeats;

  constructor(private readonly logger: Logger, most: Most) {
    this.#repeats = new Repeats(most, ({ spared, ...what }, more) => this.logger[spared === true ? 'warn' : 'error']({ ...what, more }, `${more} more of these within a second (log.sample.problems)`));
    this.#unsubscribe = events.exchangeClosed.subscribe((exchange) => {
      const problem = exchange.problem ?? exchange.failure;
      if (problem !== null && problem.status >= FAILURE) this.#write(exchange, problem);
    });
  }

  /** A fault of our own always comes with its stack; a network error's stack tells nothing, unless one debugs. */
  #write(exchange: Exchange, problem: NonNullable<Exchange['problem']>): void {
    const { debugged, degraded, id, route } = exchange;
    // The client got an answer; who gave it is not who failed.
    const spared = exchange.problem === null;
    const service = spared ? route?.service : exchange.service ?? route?.service;
    const target = spared ? null : exchange.target;
    const what = {
      problem: problem.type.code,
      ...(route === null ? {} : { route: route.name, service: service?.name }),
      ...(degraded === null ? {} : { degraded }),
      ...(target === null ? {} : { target: target.url.host }),
    };
    if (!debugged && !this.#repeats.admits({ ...what, spared })) return;
    const { cause } = problem.extras;
    const ours = problem.type === problems.internal;
    this.logger[spared ? 'warn' : 'error']({
      requestId: id,
      ...(exchange.traceId === '' ? {} : { traceId: exchange.traceId }),
      ...what,
      ...(cause === undefined && !ours ? {} : { err: errorFields(cause ?? problem, ours || this.logger.isLevelEnabled('debug')) }),
    }, problem.detail);
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
    this.#repeats.end();
  }
}
