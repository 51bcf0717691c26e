import { Tally } from './tally.js';

/** What services went through besides requests. */
export class ResilienceStats {
  /** Tries after the first, by service. */
  readonly retries = new Tally<string>();
  /** Targets taken out for failing, by service. */
  readonly ejections = new Tally<string>();
  /** Requests turned away, by service and priority. */
  readonly shed = new Tally<string>();
  /** Requests that were sent to more than one target at once, by service and outcome. */
  readonly hedges = new Tally<string>();
}
