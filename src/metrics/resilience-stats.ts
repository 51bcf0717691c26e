import { events } from '#libs/kernel';
import { GroupedTally } from './tally.js';

/** What services went through besides requests. */
export class ResilienceStats {
  /** Tries that failed, by service and reason. */
  readonly failures = new GroupedTally();
  /** Tries after the first, by service. */
  readonly retries = new GroupedTally();
  /** Retries that the budget did not allow, by service. */
  readonly exhausted = new GroupedTally();
  /** Targets taken out for failing, by service. */
  readonly ejections = new GroupedTally();
  /** Requests turned away, by service and priority. */
  readonly shed = new GroupedTally();
  /** Requests that were sent to more than one target at once, by service and outcome. */
  readonly hedges = new GroupedTally();
  /** Changes of circuit breakers, by service, route (empty for that of the service) and the new state. */
  readonly breakers = new GroupedTally();

  /** @returns functions that end the subscriptions. */
  listen(): readonly (() => void)[] {
    return [
      events.tryFailed.subscribe(({ reason, service }) => this.failures.add(service, reason)),
      events.retryScheduled.subscribe(({ exchange }) => this.retries.add((exchange.service ?? exchange.route?.service)?.name ?? '')),
      events.retryBudgetExhausted.subscribe(({ service }) => this.exhausted.add(service)),
      events.targetEjected.subscribe(({ service }) => this.ejections.add(service)),
      events.requestShed.subscribe(({ priority, service }) => this.shed.add(service, priority)),
      events.requestHedged.subscribe(({ outcome, service }) => this.hedges.add(service, outcome)),
      events.breakerChanged.subscribe(({ route, service, to }) => this.breakers.add(service, route ?? '', to)),
    ];
  }
}
