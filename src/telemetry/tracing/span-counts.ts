import { events, type SpanFigures } from '#libs/kernel';

/** What became of spans, since the process began. */
export class SpanCounts implements SpanFigures {
  exported = 0;
  dropped = 0;
  failed = 0;

  /** Tells whoever listens. */
  tell(): void {
    const { dropped, exported, failed } = this;
    events.spansChanged.publish({ exported, dropped, failed });
  }
}
