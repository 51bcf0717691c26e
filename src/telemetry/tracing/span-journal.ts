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

const NO_TRIES: readonly RecordedTry[] = [];
const NO_NOTES: readonly SpanNote[] = [];

/**
 * What is noted of an exchange as long as it goes on: spans are made of it afterwards, where anybody wants them. Every
 * exchange has one, and nearly all are thrown away unread: so it is flat, and what is rarely there is made when it comes.
 */
export class SpanJournal implements Journal {
  readonly traceId: string;
  readonly parent: TraceParent | null;
  readonly flags: number;
  readonly watched: boolean;
  tries: readonly RecordedTry[] = NO_TRIES;
  notes: readonly SpanNote[] = NO_NOTES;
  /** Takes the tries that end later than the exchange, such as copies; `null` while it goes on, and where nobody wants them. */
  late: ((one: RecordedTry) => void) | null = null;
  /** Span id that was told to the request and no try has taken yet. */
  #next = '';

  constructor({ flags, parent, traceId, watched }: Place, readonly pen: Pen) {
    this.traceId = traceId;
    this.parent = parent;
    this.flags = flags;
    this.watched = watched;
  }

  traceparent(): string {
    this.#next = this.pen.hex(8);
    return this.#textOf(this.#next);
  }

  begin(exchange: Exchange, startedAt: number): RecordedTry | null {
    if (!this.watched) return null;
    const one = new RecordedTry(this, exchange, { startedAt, spanId: this.#spanIdOf(exchange) });
    this.tries = this.tries === NO_TRIES ? [one] : [...this.tries, one];
    return one;
  }

  note(name: string, attributes: SpanNote['attributes']): void {
    this.notes = [...this.notes, { name, at: this.pen.clock.elapsed(), attributes }];
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
    return writeTraceParent({ traceId: this.traceId, spanId, flags: this.flags });
  }
}

/** One try, as it went. */
export class RecordedTry implements TryNotes {
  readonly spanId: string;
  /** Milliseconds of the monotonic clock. */
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

  constructor(readonly journal: SpanJournal, { outgoing, params, service, target, tries }: Exchange, { spanId, startedAt }: Pick<RecordedTry, 'spanId' | 'startedAt'>) {
    this.spanId = spanId;
    this.startedAt = startedAt;
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
