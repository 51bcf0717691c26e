import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, problems, type Exchange } from '#libs/kernel';
import { errorFields } from './clean-fields.js';
import { LOGGER, type Logger } from './logger.js';

/** From here on a status says that we or a service failed, not the client. */
const FAILURE = 500;

/** Tells the operator why an exchange failed; its access line has the same request id. */
@Injectable()
export class ProblemLog implements OnApplicationShutdown {
  readonly #unsubscribe: () => void;

  constructor(@Inject(LOGGER) private readonly logger: Logger) {
    this.#unsubscribe = events.exchangeClosed.subscribe((exchange) => {
      const problem = exchange.problem ?? exchange.failure;
      if (problem !== null && problem.status >= FAILURE) this.#write(exchange, problem);
    });
  }

  /** A fault of our own always comes with its stack; a network error's stack tells nothing, unless one debugs. */
  #write(exchange: Exchange, problem: NonNullable<Exchange['problem']>): void {
    const { degraded, id, traceId, route } = exchange;
    // The client got an answer; who gave it is not who failed.
    const spared = exchange.problem === null;
    const service = spared ? route?.service : exchange.service ?? route?.service;
    const target = spared ? null : exchange.target;
    const { cause } = problem.extras;
    const ours = problem.type === problems.internal;
    this.logger[spared ? 'warn' : 'error']({
      requestId: id,
      ...(traceId === '' ? {} : { traceId }),
      problem: problem.type.code,
      ...(route === null ? {} : { route: route.name, service: service?.name }),
      ...(degraded === null ? {} : { degraded }),
      ...(target === null ? {} : { target: target.url.host }),
      ...(cause === undefined && !ours ? {} : { err: errorFields(cause ?? problem, ours || this.logger.isLevelEnabled('debug')) }),
    }, problem.detail);
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}
