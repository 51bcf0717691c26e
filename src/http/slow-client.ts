import type { ServerResponse } from 'node:http';
import { Problem, problems, setAlarm, type Alarm, type Exchange, type Sleeper } from '#libs/kernel';

/** `timeout.write`: gives a client up that does not take what is ready for it, with whatever is held for it. */
export class SlowClient implements Sleeper {
  #alarm: Alarm | null = null;
  #waiting = false;

  constructor(private readonly exchange: Exchange, private readonly response: ServerResponse) {}

  /** Something waits for the client to take it. */
  waits(): void {
    // Without its socket a pipelined answer waits for those before it, not for the client.
    if (this.#waiting || this.response.socket === null) return;
    this.#waiting = true;
    if (this.#alarm === null) this.#begin();
    else this.#alarm.refresh();
  }

  /** The client has it. */
  took(): void {
    this.#waiting = false;
    this.#alarm?.clear();
  }

  /** A long answer waits many times: one alarm and one listener do for all of them. */
  #begin(): void {
    const limit = this.exchange.route?.timeouts.write ?? 0;
    if (limit === 0) return;
    this.#alarm = setAlarm(limit, this);
    this.response.once('close', () => this.took());
  }

  wake(): void {
    const { exchange } = this;
    exchange.problem ??= new Problem(problems.clientClosed, `The client took nothing of the answer within ${exchange.route?.timeouts.write} ms`);
    exchange.status = exchange.problem.status;
    exchange.abort(exchange.problem);
    this.response.destroy();
  }
}
