import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Fleet } from '../cluster/index.js';
import { derivedFamilies } from './derived-families.js';
import { fleetFamilies } from './fleet-families.js';
import { gatewayFamilies } from './gateway-families.js';
import { mergeFamilies, present } from './merge.js';
import type { MetricFamily } from './metric-family.js';
import { metricsTopic } from './metrics-topic.js';
import { MetricsRecorder } from './metrics-recorder.js';
import { shown } from './naming.js';
import { processFamilies } from './process-families.js';
import { targetFamilies } from './target-families.js';

/** Nobody is replaced where there is one process. */
const NONE = { died: 0, asked: 0 };

/** The numbers of the whole gateway, whichever worker is asked. */
@Injectable()
export class GatewayMetrics {
  constructor(
    private readonly recorder: MetricsRecorder,
    private readonly registry: Registry,
    private readonly fleet: Fleet,
  ) {
    fleet.answer(metricsTopic, () => this.#own());
  }

  async families(): Promise<readonly MetricFamily[]> {
    const { answers } = await this.fleet.ask(metricsTopic, null);
    const { config } = this.recorder.source.current;
    const merged = present(mergeFamilies(answers), targetFamilies(this.recorder.directory, config.metrics.targets));
    return shown([...merged, ...derivedFamilies(merged)], config.metrics);
  }

  /** With several workers the supervisor knows of the gateway as a whole. */
  async #own(): Promise<readonly MetricFamily[]> {
    const { recorder, registry } = this;
    const whole = this.fleet.worker === null ? fleetFamilies({ reloads: recorder.reloads, workers: 1, replaced: NONE }) : [];
    return [...gatewayFamilies(recorder), ...whole, ...(await processFamilies(registry))];
  }
}
