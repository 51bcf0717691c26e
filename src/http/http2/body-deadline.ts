import { Problem, problems, setAlarm, type Exchange, type Sleeper } from '#libs/kernel';
import type { Http2Request } from './request.js';

/** `server.timeout.body`: gives a request up whose body does not come. node:http does that for HTTP/1. */
export class BodyDeadline implements Sleeper {
  private constructor(private readonly exchange: Exchange) {}

  /** @param limit milliseconds; 0 for no limit. */
  static set(exchange: Exchange, request: Http2Request, limit: number): void {
    if (limit === 0) return;
    const alarm = setAlarm(limit, new BodyDeadline(exchange));
    const clear = (): void => alarm.clear();
    request.once('end', clear).once('close', clear);
  }

  wake(): void {
    this.exchange.abort(new Problem(problems.requestTimeout, 'The request did not arrive in time'));
  }
}
