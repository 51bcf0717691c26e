import { fileURLToPath } from 'node:url';
import { events, systemClock } from '#libs/kernel';
import { MemoryLimitStore } from '#libs/rate-limit';
import { countsTopic } from '../analytics/topics.js';
import { forker, Relay, Supervisor } from '../cluster/index.js';
import type { ConfigStore } from '../config/index.js';
import { metricsTopic } from '../metrics/metrics-topic.js';
import { SupervisorMetrics } from '../metrics/supervisor-metrics.js';
import { answerLimits, limitsTopic } from '../rate-limit/limits-topic.js';
import { lineConfigOf } from '../telemetry/line-config.js';
import { LogLevel } from '../telemetry/log-level.js';
import { LogShape } from '../telemetry/log-shape.js';
import { createLogger, following } from '../telemetry/logger.js';
import { ReloadLog } from '../telemetry/reload-log.js';
import { Failure } from './failure.js';
import { lifetime } from './lifetime.js';

/** What workers run: this program, with the same arguments. */
const PROGRAM = fileURLToPath(new URL('../main.js', import.meta.url));

/**
 * Runs several workers until a signal ends them.
 * @param announce is told where they listen, once all do.
 * @throws Failure when one does not get ready.
 */
export async function supervise(store: ConfigStore, announce: (url: string) => void): Promise<void> {
  const relay = new Relay();
  const shape = new LogShape(lineConfigOf(store.current.config));
  const level = new LogLevel(() => store.current.config.log.level, systemClock);
  const log = following(level, createLogger(shape, relay));
  const metrics = new SupervisorMetrics(systemClock);
  const reloads = new ReloadLog(store, log, shape);
  const supervisor = new Supervisor({ store, log, fork: forker(PROGRAM, relay), inherited: [metricsTopic, countsTopic] });
  const counters = countersOf(store);
  supervisor.answer(metricsTopic, () => metrics.families({ ...supervisor.facts, limits: { counters: counters.size, evictions: counters.evictions } }));
  supervisor.answer(limitsTopic, answerLimits(counters));
  try {
    await supervisor.start();
  } catch (error) {
    await relay.end();
    throw new Failure((error as Error).message, { cause: error });
  }
  const life = lifetime({
    log,
    reload: () => supervisor.reload(),
    restart: () => supervisor.restart(),
    watch: (changed) => supervisor.watch(changed),
    abandon: () => supervisor.abandon(),
    close: () => supervisor.close(),
  });
  // Whoever reads this may send signals.
  announce(supervisor.url);
  await life;
  reloads.onApplicationShutdown();
  level.onApplicationShutdown();
  await relay.end();
}

/** The counters of all workers, as many as the file in force allows. */
function countersOf(store: ConfigStore): MemoryLimitStore {
  const maxKeys = (): number => store.current.config.limits.maxKeys;
  const counters = new MemoryLimitStore({ clock: systemClock, maxKeys: maxKeys() });
  events.configurationApplied.subscribe(() => counters.resize(maxKeys()));
  return counters;
}
