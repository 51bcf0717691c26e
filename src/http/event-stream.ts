import type { ServerResponse } from 'node:http';
import { Problem, problems, type Answer, type AnswerBody, type BodySink } from '#libs/kernel';

const slot = Symbol('event stream');
/** Stands there for one that is to end before it has begun. */
const ENDING = Symbol('ending');
type Carrier = ServerResponse & { [slot]?: EventStream | typeof ENDING };

/** A comment: browsers pass it over, people who look see why it ends. */
const NOTICE = Buffer.from(': the gateway is shutting down; connect again\n\n');
const TAIL = 4;

/**
 * Whether events are read from the answer as they come, and it can end between any two: what is coded has no place
 * there, and one whose length is announced has to have that length.
 */
export function isEventStream({ headers }: Answer): boolean {
  return /^text\/event-stream\b/i.test(headers.get('content-type') ?? '') && headers.get('content-encoding') === undefined && headers.get('content-length') === undefined;
}

/** Sends an event stream to a client; one that came too late to be told of the shutdown ends with what is there. */
export function sendEventStream(sink: BodySink, body: AnswerBody, response: ServerResponse): void {
  const carrier = response as Carrier;
  const ending = carrier[slot] === ENDING;
  const stream = new EventStream(sink, body);
  carrier[slot] = stream;
  body.attach(stream);
  if (ending) stream.close();
}

/**
 * An event stream on its way to a client, that can be ended between two events: a browser then connects again, to
 * another instance, and says with `Last-Event-ID` what it has. In the middle of one it would lose that event.
 */
class EventStream implements BodySink {
  /** The last bytes sent, one character each. */
  #tail = '\n\n';
  #closing = false;
  #over = false;

  constructor(private readonly sink: BodySink, private readonly body: AnswerBody) {}

  write(chunk: Uint8Array): boolean {
    if (this.#over) return true;
    const taken = this.sink.write(chunk);
    this.#tail = (this.#tail + Buffer.from(chunk.subarray(-TAIL)).toString('latin1')).slice(-TAIL);
    if (this.#closing) this.#endBetween();
    return taken;
  }

  end(trailers: readonly string[] | null): void {
    if (this.#over) return;
    this.#over = true;
    this.sink.end(trailers);
  }

  fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.sink.fail(error);
  }

  /** Ends it now, or once the event under way is complete. */
  close(): void {
    this.#closing = true;
    this.#endBetween();
  }

  #endBetween(): void {
    if (this.#over || !/(?:\n\n|\r\r|\r\n\r\n)$/.test(this.#tail)) return;
    this.sink.write(NOTICE);
    this.#over = true;
    this.sink.end(null);
    this.body.cancel(new Problem(problems.draining, 'The gateway is shutting down'));
  }
}

/** Ends the event stream that an answer is, or becomes, if it is one. */
export function closeEventStream(response: ServerResponse): void {
  const carrier = response as Carrier;
  const stream = (carrier[slot] ??= ENDING);
  if (stream !== ENDING) stream.close();
}
