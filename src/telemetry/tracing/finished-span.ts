import { SpanKind, SpanStatusCode, type Attributes, type HrTime, type SpanContext, type SpanStatus } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1_000_000;

/** What all spans of an exporter share. */
export interface Origin {
  readonly resource: Resource;
  readonly scope: ReadableSpan['instrumentationScope'];
}

/** What a span is made of; times in milliseconds since the epoch, with fractions. */
export interface SpanFacts {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  readonly parent: SpanContext | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly events?: ReadableSpan['events'];
}

export const UNSET: SpanStatus = Object.freeze({ code: SpanStatusCode.UNSET });

/** A span as exporters of OpenTelemetry take it, put together after the fact: no tracer has seen it begin. */
export class FinishedSpan implements ReadableSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly events: ReadableSpan['events'];
  readonly links = [];
  readonly ended = true;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly resource: Resource;
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
  readonly #context: SpanContext;

  constructor({ attributes, context, endedAt, events = [], kind, name, parent, startedAt, status }: SpanFacts, { resource, scope }: Origin) {
    this.name = name;
    this.kind = kind;
    this.#context = context;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.startTime = timeOf(startedAt);
    this.endTime = timeOf(endedAt);
    this.duration = timeOf(endedAt - startedAt);
    this.status = status;
    this.attributes = attributes;
    this.events = events;
    this.resource = resource;
    this.instrumentationScope = scope;
  }

  spanContext(): SpanContext {
    return this.#context;
  }
}

/** Seconds and nanoseconds, as OpenTelemetry keeps time. */
export function timeOf(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / MS_PER_SECOND);
  return [seconds, Math.floor((milliseconds - seconds * MS_PER_SECOND) * NS_PER_MS)];
}
