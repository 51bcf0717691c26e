import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import {
  Answer, AnswerBody, events, Problem, problems, setAlarm,
  type Abortable, type Alarm, type BodyControl, type Clock, type Exchange, type Ledger, type Outgoing, type Sleeper, type Target, type Timeouts, type TryNotes,
} from '#libs/kernel';
import { isEndless, isPlain } from './answer-kind.js';
import { classifyFailure, type Phase } from './failure.js';
import { CONNECT, FIRST_BYTE, IDLE, type Limit } from './limits.js';
import type { Outcome } from './outcome.js';
import { copyResponseHeaders, copyTrailers } from './response-headers.js';

/**
 * Sends `exchange.outgoing` to `exchange.target` and resolves with the answer as soon as its header is there; the body
 * follows by itself.
 *
 * 1. The request goes to the target's pool; `timeout.connect` runs while it has no connection.
 * 2. Once it has one, the header is written and the body streams at the target's pace; `timeout.firstByte` runs from its
 *    last byte.
 * 3. Informational responses pass through to the client.
 * 4. The response header resolves the promise; 101 brings a tunnel instead of a body.
 * 5. Body chunks are pushed at the client's pace; trailers end it. `timeout.idle` (on an endless stream `timeout.stream`)
 *    runs while the client waits for more, not while it is behind.
 * 6. Whatever breaks becomes a problem that names the phase: before the header it rejects, after it the body fails, and
 *    where that is the target's fault `answerBroken` tells of it.
 * 7. An aborted exchange (client gone, total time over) aborts the try, wherever it is.
 * 8. The ledger is told once how the try ended: an answer counts when it is whole, one without an end when it begins.
 *
 * @throws Problem by rejection: connect-timeout, first-byte-timeout, target-unreachable, bad-target-response, or the
 * reason the exchange was aborted with.
 */
export function forward(exchange: Exchange, timeouts: Timeouts, clock: Clock, ledger: Ledger): Promise<Answer> {
  // It may have happened while an interceptor waited for something else; a connection would be opened, or lost, for nothing.
  if (exchange.aborted) return Promise.reject(exchange.aborted);
  return new Promise((resolve, reject) => {
    const trial = new Try(exchange, timeouts, clock, { resolve, reject, ledger });
    trial.start();
  });
}

class Try implements Dispatcher.DispatchHandler, BodyControl, Abortable, Sleeper {
  /** Nobody waits for it any more: a dispatcher need not keep it in line. */
  isOver = false;
  readonly #startedAt: number;
  readonly #target: Target;
  #controller: Dispatcher.DispatchController | null = null;
  #alarm: Alarm | null = null;
  #limit = CONNECT;
  #body: AnswerBody | null = null;
  #phase: Phase = 'connect';
  #endless = false;
  /** Of its answer; 0 while there is none. */
  #status = 0;
  #told = false;
  #notes: TryNotes | null = null;

  constructor(
    private readonly exchange: Exchange,
    private readonly timeouts: Timeouts,
    private readonly clock: Clock,
    private readonly outcome: Outcome,
  ) {
    this.#startedAt = clock.elapsed();
    this.#target = exchange.target as Target;
  }

  // step 1
  start(): void {
    const { exchange } = this;
    const outgoing = exchange.outgoing as Outgoing;
    this.#target.inFlight++;
    exchange.tries++;
    exchange.trial = this;
    if (exchange.journal !== null) this.#notes = exchange.journal.begin(exchange, this.#startedAt);
    try {
      this.#target.dispatcher.dispatch({
        path: this.#target.basePath + outgoing.path + outgoing.query,
        method: outgoing.method as Dispatcher.HttpMethod,
        headers: outgoing.headers.flat,
        body: outgoing.body,
        upgrade: exchange.upgrade,
        // undici's own clocks tick about twice a second; ours are exact.
        headersTimeout: 0,
        bodyTimeout: 0,
      }, this);
    } catch (error) {
      // undici refuses some requests (an invalid header, a forbidden method) by throwing.
      this.#fail(error as Error);
      return;
    }
    if (this.#controller === null) this.#arm(this.timeouts.connect, CONNECT);
    exchange.onAbort(this);
  }

  // step 2
  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Thrown, it costs the request its turn; an abort would cost the connection, and a body that another try has now.
    if (this.isOver) throw new Error('The try is over');
    this.#controller = controller;
    this.#disarm();
    // A service may turn a request away unread (HTTP/2): then it starts once more.
    this.#phase = 'request-body';
    if (!this.exchange.outgoing?.body) this.onRequestSent();
  }

  onRequestSent(): void {
    if (this.isOver || this.#phase === 'response-head' || this.#body) return;
    this.#phase = 'response-head';
    this.#arm(this.timeouts.firstByte, FIRST_BYTE);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, fields: IncomingHttpHeaders, statusText?: string): void {
    // step 3
    if (status < 200) {
      this.exchange.informational?.(status, copyResponseHeaders(fields));
      return;
    }
    // step 4
    this.#disarm();
    if (!isPlain(fields)) {
      this.abort(new Problem(problems.badTargetResponse, 'The service used a transfer coding that nobody asked for', { members: { phase: this.#phase, side: 'target' } }));
      return;
    }
    this.#phase = 'response-body';
    this.#notes?.answered(status);
    this.#status = status;
    if (isEndless(fields['content-type'])) {
      this.#letGo();
      this.#tell(null);
    }
    this.exchange.targetTime = this.clock.elapsed() - this.#startedAt;
    this.#body = new AnswerBody(this);
    this.outcome.resolve(new Answer(status, copyResponseHeaders(fields), this.#body, statusText));
  }

  onRequestUpgrade(_controller: Dispatcher.DispatchController, status: number, fields: IncomingHttpHeaders, socket: Duplex): void {
    this.#disarm();
    this.#letGo();
    this.#notes?.answered(status);
    this.#status = status;
    this.#tell(null);
    this.exchange.targetTime = this.clock.elapsed() - this.#startedAt;
    const answer = new Answer(status, copyResponseHeaders(fields));
    answer.tunnel = socket;
    // Until it is joined with the client's connection nobody else looks after it.
    socket.on('error', () => {}).once('close', () => this.#finish());
    this.exchange.onAbort({ abort: () => socket.destroy() });
    this.outcome.resolve(answer);
  }

  // step 5
  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#alarm?.refresh();
    if (!(this.#body as AnswerBody).push(chunk)) {
      this.#disarm();
      controller.pause();
    }
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#finish();
    this.#tell(null);
    (this.#body as AnswerBody).end(copyTrailers(trailers));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  pause(): void {
    this.#disarm();
    this.#controller?.pause();
  }

  resume(): void {
    if (this.isOver) return;
    if (this.#alarm === null) this.#arm(this.#endless ? this.timeouts.stream : this.timeouts.idle, IDLE);
    this.#controller?.resume();
  }

  cancel(reason: Error): void {
    this.abort(reason);
  }

  /** The answer may take as long as it likes from here on. */
  #letGo(): void {
    this.#endless = true;
    this.exchange.deadline?.clear();
  }

  #arm(delay: number, limit: Limit): void {
    if (delay <= 0 || this.isOver) return;
    this.#limit = limit;
    this.#alarm = setAlarm(delay, this);
  }

  #disarm(): void {
    this.#alarm?.clear();
    this.#alarm = null;
  }

  /** A limit is over. */
  wake(): void {
    const { type, detail } = this.#limit;
    const problem = new Problem(type, detail, { members: { phase: this.#phase, side: 'target' } });
    this.#fail(problem);
    this.#controller?.abort(problem);
  }

  // step 6
  #fail(error: Error): void {
    if (this.isOver) return;
    const problem = this.#end(error);
    if (this.#body && problem.extras.members?.['side'] === 'target') events.answerBroken.publish({ exchange: this.exchange, target: this.#target, problem });
  }

  // step 7
  abort(reason: Error): void {
    if (this.isOver) return;
    // Whoever gives up an answer says nothing of it.
    if (this.#body) this.#tell(null);
    this.#end(reason, reason);
    this.#controller?.abort(reason);
  }

  #end(error: Error, givenUpFor: Error | null = null): Problem {
    const problem = classifyFailure(error, this.#phase);
    this.#finish(givenUpFor ?? problem);
    this.#tell(problem);
    if (this.#body) this.#body.fail(problem);
    else this.outcome.reject(problem);
    return problem;
  }

  // step 8
  #tell(problem: Problem | null): void {
    if (this.#told) return;
    this.#told = true;
    this.outcome.ledger.ended(this.exchange, this.#target, problem ?? this.#status);
  }

  #finish(reason: Error | null = null): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#disarm();
    this.#target.inFlight--;
    this.#notes?.ended(reason);
  }
}
