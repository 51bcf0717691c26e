import { Target } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import { LiveService } from './live-service.js';

/** A service in force with these targets, of which no connection is ever opened. */
export function liveService(name: string, urls: readonly string[], config: Partial<ServiceConfig> = {}): LiveService {
  const live = new LiveService(name, config as ServiceConfig, { pick: ([one]) => one as Target }, { found: null, stale: null });
  live.targets = urls.map((url) => new Target(new URL(url), {} as Target['dispatcher']));
  return live;
}
