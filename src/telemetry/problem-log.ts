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
      if (exchange.problem !== null && exchange.problem.status >= FAILURE) this.#write(exchange, exchange.problem);
    });
  }

  /** A fault of our own always comes with its stack; a network error's stack tells nothing, unless one debugs. */
  #write({ id, traceId, route, target }: Exchange, problem: NonNullable<Exchange['problem']>): void {
    const { cause } = problem.extras;
    const ours = problem.type === problems.internal;
    this.logger.error({
      requestId: id,
      ...(traceId === '' ? {} : { traceId }),
      problem: problem.type.code,
      ...(route === null ? {} : { route: route.name, service: route.service?.name }),
      ...(target === null ? {} : { target: target.url.host }),
      ...(cause === undefined && !ours ? {} : { err: errorFields(cause ?? problem, ours || this.logger.isLevelEnabled('debug')) }),
    }, problem.detail);
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}
