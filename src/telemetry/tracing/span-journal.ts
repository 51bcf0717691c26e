import { writeTraceParent, type Clock, type Exchange, type HeaderList, type Journal, type Target, type TraceParent, type TryNotes } from '#libs/kernel';

/** Something that was decided on the way, when and about what. */
export interface SpanNote {
  readonly name: string;
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** What all journals write with. */
export interface Pen {
  readonly clock: Clock;
  /** Random hex text, `bytes` long before encoding. */
  readonly hex: (bytes: number) => string;
}

interface Place {
  readonly traceId: string;
  readonly parent: TraceParent | null;
  /** What services are told. */
  readonly flags: number;
  /** Whether anybody may want to know of the tries. */
  readonly watched: boolean;
}

/** What is noted of an exchange as long as it goes on: spans are made of it afterwards, where anybody wants them. */
export class SpanJournal implements Journal {
  readonly tries: RecordedTry[] = [];
  notes: SpanNote[] = [];
  /** Takes the tries that end later than the exchange, such as copies; `null` while it goes on, and where nobody wants them. */
  late: ((one: RecordedTry) => void) | null = null;
  /** Span id that was told to the request and no try has taken yet. */
  #next = '';

  constructor(readonly place: Place, readonly pen: Pen) {}

  traceparent(): string {
    this.#next = this.pen.hex(8);
    return this.#textOf(this.#next);
  }

  begin(exchange: Exchange): RecordedTry | null {
    if (!this.place.watched) return null;
    const one = new RecordedTry(this, exchange, this.#spanIdOf(exchange));
    this.tries.push(one);
    return one;
  }

  note(name: string, attributes: SpanNote['attributes']): void {
    this.notes.push({ name, at: this.pen.clock.elapsed(), attributes });
  }

  /** The first try has the one that its request was opened with; those after it, and forks, say another one. */
  #spanIdOf({ outgoing }: Exchange): string {
    const first = this.#next;
    this.#next = '';
    if (first !== '') return first;
    const spanId = this.pen.hex(8);
    // A route may have taken it out.
    if (outgoing?.headers.get('traceparent') !== undefined) outgoing.headers.set('traceparent', this.#textOf(spanId));
    return spanId;
  }

  #textOf(spanId: string): string {
    const { flags, traceId } = this.place;
    return writeTraceParent({ traceId, spanId, flags });
  }
}

/** One try, as it went. */
export class RecordedTry implements TryNotes {
  readonly startedAt: number;
  readonly target: Target | null;
  readonly service: string | null;
  readonly method: string;
  readonly path: string;
  readonly params: Exchange['params'];
  readonly headers: HeaderList | null;
  /** Tries of the same request before this one. */
  readonly resends: number;
  /** Milliseconds of the monotonic clock; 0 while it goes on. */
  endedAt = 0;
  /** 0 where no answer came. */
  status = 0;
  reason: Error | null = null;

  constructor(readonly journal: SpanJournal, { outgoing, params, service, target, tries }: Exchange, readonly spanId: string) {
    this.startedAt = journal.pen.clock.elapsed();
    this.target = target;
    this.service = service?.name ?? null;
    this.method = outgoing?.method ?? '';
    this.path = outgoing?.path ?? '';
    this.params = params;
    this.headers = outgoing?.headers ?? null;
    this.resends = tries - 1;
  }

  answered(status: number): void {
    this.status = status;
  }

  ended(reason: Error | null): void {
    this.endedAt = this.journal.pen.clock.elapsed();
    this.reason = reason;
    this.journal.late?.(this);
  }
}
