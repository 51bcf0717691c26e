import { events, Problem, problems, setAlarm, type Alarm, type Answer, type BodySink, type Exchange, type Interceptor, type Mirrored, type Next } from '#libs/kernel';
import { RequestBody, type BodyTap } from '../../http/request-body.js';
import type { MirrorConfig } from '../../config/index.js';
import type { CompileRequest } from '../compile.js';
import { attempt } from '../compose.js';

/** Tells a service that nobody waits for its answer; clients cannot say it. */
const MARK = 'X-Mirrored';

/** `mirror:` sends copies of requests to another service; the live ones neither wait nor fail for them. */
export const mirror: CompileRequest = ({ aside, settings, surroundings: { random } }): Interceptor | null => {
  const chosen = settings.mirror;
  if (chosen === undefined) return null;
  const { methods, sample } = chosen;
  const mirroring = new Mirroring(chosen, aside(chosen.to));
  const wanted = methods && new Set(methods);
  return {
    intercept(exchange, next) {
      if (exchange.upgrade !== null || wanted?.has(exchange.method) === false || random() >= sample) return next(exchange);
      const copy = mirroring.begin(exchange);
      const answered = attempt(next, exchange);
      copy?.follow(answered);
      return answered;
    },
  };
};

/** The copies of one route under way. */
class Mirroring {
  #inFlight = 0;

  constructor(readonly config: MirrorConfig, readonly call: Next) {}

  /** Begins a copy, before the live request takes the body; `null` when there is to be none. */
  begin(exchange: Exchange): Copy | null {
    const { maxBody, maxInFlight } = this.config;
    const body = exchange.outgoing?.body ?? null;
    const length = Buffer.isBuffer(body) ? body.length : Number(exchange.outgoing?.headers.get('content-length') ?? 0);
    const readable = body === null || Buffer.isBuffer(body) || body instanceof RequestBody;
    if (!readable || length > maxBody || this.#inFlight >= maxInFlight) {
      this.tell('skipped');
      return null;
    }
    this.#inFlight++;
    return new Copy(this, exchange.fork());
  }

  done(outcome: Mirrored['outcome']): void {
    this.#inFlight--;
    this.tell(outcome);
  }

  tell(outcome: Mirrored['outcome']): void {
    events.requestMirrored.publish({ service: this.config.to, outcome });
  }
}

/** One copy: gathers the body while it streams to the live service, then goes its own way. */
class Copy implements BodyTap {
  readonly #chunks: Buffer[] = [];
  readonly #limit: Alarm;
  readonly #body: RequestBody | null = null;
  #size = 0;
  #state: 'gathering' | 'sent' | 'done' = 'gathering';

  constructor(private readonly mirroring: Mirroring, private readonly fork: Exchange) {
    const { outgoing } = fork;
    // What the live exchange lets go of, such as the total time of a stream, is not ours.
    fork.deadline = null;
    outgoing?.headers.set(MARK, '1');
    if (outgoing?.body instanceof RequestBody) {
      this.#body = outgoing.body;
      this.#body.tap = this;
      outgoing.body = null;
    }
    this.#limit = setAlarm(mirroring.config.timeout, { wake: () => this.#expire() });
  }

  /** The live request is on its way. Without it the body never comes. */
  follow(answered: Promise<Answer>): void {
    if (this.#body === null) setImmediate(() => this.#send());
    else answered.catch(() => this.end(false));
  }

  chunk(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size > this.mirroring.config.maxBody) this.#skip();
    else if (this.#state === 'gathering') this.#chunks.push(bytes);
  }

  end(complete: boolean): void {
    if (this.#state !== 'gathering') return;
    if (!complete) return this.#skip();
    if (this.fork.outgoing) this.fork.outgoing.body = Buffer.concat(this.#chunks, this.#size);
    setImmediate(() => this.#send());
  }

  #skip(): void {
    if (this.#state !== 'gathering') return;
    this.#finish('skipped');
  }

  #send(): void {
    if (this.#state !== 'gathering') return;
    if (this.fork.aborted) return this.#skip();
    this.#state = 'sent';
    this.#limit.refresh();
    attempt(this.mirroring.call, this.fork).then(({ body }) => drain(body)).then(() => this.#finish('sent'), () => this.#finish('failed'));
  }

  #expire(): void {
    if (this.#state === 'gathering') return this.#skip();
    this.fork.abort(new Problem(problems.totalTimeout, `The copy took longer than ${this.mirroring.config.timeout} ms`));
  }

  #finish(outcome: Mirrored['outcome']): void {
    if (this.#state === 'done') return;
    this.#state = 'done';
    this.#chunks.length = 0;
    if (this.#body) this.#body.tap = null;
    this.#limit.clear();
    this.mirroring.done(outcome);
  }
}

/** Reads a body to its end and drops it: a connection whose answer is cancelled could not be used again. */
function drain(body: Answer['body']): Promise<void> {
  if (body === null) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const sink: BodySink = { write: () => true, end: () => resolve(), fail: reject };
    body.attach(sink);
  });
}
