import type { ExtensionRegistry, Next, Surroundings } from '#libs/kernel';
import type { AccessContext } from '../auth/access.js';
import type { CacheGround } from '../cache/index.js';
import type { GatewayConfig } from '../config/index.js';
import type { LimitGround } from '../rate-limit/index.js';
import type { Resilience } from '../resilience/index.js';
import type { Services } from '../services/index.js';

/** What every route of one snapshot is compiled on. */
export interface Ground {
  readonly config: GatewayConfig;
  readonly services: Services;
  readonly resilience: Resilience;
  readonly access: AccessContext;
  readonly limits: LimitGround;
  readonly caches: CacheGround;
  readonly extensions: ExtensionRegistry;
  readonly surroundings: Surroundings;
  /** What stands in for the forwarder, e.g. in a dry run. Default: the forwarder. */
  readonly forward?: Next;
}
