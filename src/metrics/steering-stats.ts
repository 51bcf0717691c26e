import type { Exchange, Mirrored } from '#libs/kernel';
import { Tally } from './tally.js';

/** Which way requests went that did not simply go to the service of their route. Keys are pairs of labels, as JSON. */
export class SteeringStats {
  /** By service and what stood in for its answer. */
  readonly degraded = new Tally<string>();
  /** By route and variant. */
  readonly variants = new Tally<string>();
  /** By service and outcome. */
  readonly mirrored = new Tally<string>();

  closed({ degraded, route, variant }: Exchange): void {
    if (degraded !== null) this.degraded.add(JSON.stringify([route?.service?.name ?? '', degraded]));
    if (variant !== null) this.variants.add(JSON.stringify([route?.name ?? '', variant]));
  }

  copied({ outcome, service }: Mirrored): void {
    this.mirrored.add(JSON.stringify([service, outcome]));
  }
}
