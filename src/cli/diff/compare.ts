import type { GatewayConfig } from '../../config/index.js';
import { Redaction } from '../../telemetry/redaction.js';
import { AccessReader, roleNames } from './access.js';
import { blindSpots, headersAsked } from './blind-spots.js';
import type { Both } from './both.js';
import { changesBetween, type Change } from './changes.js';
import { tryExamples } from './examples.js';
import { Judge } from './judge.js';
import { replayLog, type Replay } from './replay.js';
import { Tally, type Group } from './tally.js';

/** Everything that is not the same under two configurations. */
export interface Comparison {
  readonly changes: readonly Change[];
  /** Requests made from the routes' own patterns that go elsewhere. */
  readonly examples: readonly Group[];
  readonly replay: (Replay & { readonly unknowable: readonly string[] }) | null;
}

export interface CompareOptions {
  /** Bytes of an access log; `null` for none. */
  readonly log: AsyncIterable<Buffer> | null;
  /** Host of requests whose line names none; empty for none. */
  readonly host: string;
}

/** Compares two effective configurations, and what they make of requests. */
export async function compare(configs: Both<GatewayConfig>, { host, log }: CompareOptions): Promise<Comparison> {
  const judges = judgesOf(configs);
  const redaction = new Redaction([...configs.old.log.redact, ...configs.new.log.redact]);
  const tried = new Tally(redaction);
  tryExamples(configs, judges, tried);
  const replay = log && await replayLog(log, { judges, host, tally: new Tally(redaction), headers: headersAsked(configs) });
  return {
    changes: changesBetween(configs),
    examples: tried.groups.filter(({ aspects }) => aspects.some((aspect) => aspect !== 'access')),
    replay: replay && { ...replay, unknowable: blindSpots(replay, configs, host) },
  };
}

function judgesOf(configs: Both<GatewayConfig>): Both<Judge> {
  const roles = roleNames(configs);
  const judge = (config: GatewayConfig): Judge => new Judge(config, new AccessReader(config, configs.old, roles));
  return { old: judge(configs.old), new: judge(configs.new) };
}
