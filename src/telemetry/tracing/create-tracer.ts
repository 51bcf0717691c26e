import type { GatewayConfig, SpanExportConfig } from '../../config/index.js';
import { openCollector } from './collector.js';
import { resourceOf, type Self } from './resource.js';
import type { SpanCounts } from './span-counts.js';
import type { Pen } from './span-journal.js';
import { SpanQueue } from './span-queue.js';
import { Tracer } from './tracer.js';

/** Whose code made the spans, among those of a process. */
const SCOPE = { name: 'passerelle' };

export interface TracerInput {
  readonly config: GatewayConfig;
  readonly self: Self;
  readonly pen: Pen;
  readonly counts: SpanCounts;
  /** Called with what came of each batch: `null`, or why its spans are lost. */
  readonly told: (why: Error | null) => void;
}

/** Makes the tracer of a configuration. This module and those below it are only loaded where a file asks for an export. */
export async function createTracer({ config, counts, pen, self, told }: TracerInput): Promise<Tracer> {
  const settings = config.tracing.export as SpanExportConfig;
  const collector = await openCollector(settings);
  const queue = new SpanQueue(collector, counts, { size: settings.queue, every: settings.every, told });
  return new Tracer({ config, pen, queue, collector, origin: { resource: resourceOf(config, self), scope: SCOPE } });
}
