import { windowOf } from './algorithms.js';
import type { Limit, LimitStore, ScriptRunner, Take, Verdict } from './contracts.js';
import { giveScript, takeScript } from './script.js';

/** Takes whose counters lie together, and their places in the call. */
interface Group {
  readonly takes: Take[];
  readonly places: number[];
}

/** What Redis said of a group, and when, by its own clock. */
interface Answered {
  readonly now: number;
  readonly verdicts: readonly Verdict[];
}

/** Numbers that Redis sends for each take: allowed, remaining, reset, retryAfter. */
const FIELDS = 4;

/**
 * Counts in Redis, for all instances together. Takes whose keys share a hash tag (`{...}`, by the rules of Redis Cluster)
 * are one script call and all or nothing in it; a key without one is on its own. Several groups are asked at once, and
 * what one gave is put back when another refuses: until then it is missing to others, and never there twice.
 */
export class RedisLimitStore implements LimitStore {
  constructor(private readonly runner: ScriptRunner) {}

  async take(takes: readonly Take[]): Promise<readonly Verdict[]> {
    if (takes.length === 0) return [];
    const groups = grouped(takes);
    if (groups.length === 1) return (await this.#ask(takes)).verdicts;
    const outcomes = await Promise.allSettled(groups.map((group) => this.#ask(group.takes)));
    const rejected = outcomes.find((outcome) => outcome.status === 'rejected');
    const refused = rejected !== undefined || outcomes.some((outcome, i) => outcome.status === 'fulfilled' && !granted(groups[i] as Group, outcome.value));
    const verdicts: Verdict[] = [];
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') continue;
      const group = groups[i] as Group;
      const undone = refused && granted(group, outcome.value);
      if (undone) this.#undo(group.takes.filter(({ binding }) => binding), { taken: outcome.value.now });
      for (const [j, verdict] of outcome.value.verdicts.entries()) {
        verdicts[group.places[j] as number] = undone ? withheld(verdict, group.takes[j] as Take) : verdict;
      }
    }
    if (rejected !== undefined) throw rejected.reason;
    return verdicts;
  }

  give(takes: readonly Take[], ago = 0): void {
    for (const group of grouped(takes)) this.#undo(group.takes, { ago });
  }

  async #ask(takes: readonly Take[]): Promise<Answered> {
    return answered(await this.runner.run(takeScript, takes.map(keyOf), takes.flatMap(limitArguments)), takes.length);
  }

  #undo(takes: readonly Take[], { ago = 0, taken }: { readonly ago?: number; readonly taken?: number }): void {
    if (takes.length === 0) return;
    const told = [...takes.flatMap(limitArguments), String(Math.ceil(ago)), String(taken ?? '')];
    // What cannot be put back is lost: the contract says so.
    this.runner.run(giveScript, takes.map(keyOf), told).catch(() => undefined);
  }
}

function keyOf({ key }: Take): string {
  return `limit:${key}`;
}

function grouped(takes: readonly Take[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [place, take] of takes.entries()) {
    const tag = tagOf(take.key);
    const group = groups.get(tag);
    if (group === undefined) groups.set(tag, { takes: [take], places: [place] });
    else {
      group.takes.push(take);
      group.places.push(place);
    }
  }
  return [...groups.values()];
}

/** Redis Cluster specification, "Hash tags": from the first `{` to the next `}`, if there is something between them. */
function tagOf(key: string): string {
  const start = key.indexOf('{');
  const end = start < 0 ? -1 : key.indexOf('}', start);
  return end > start + 1 ? key.slice(start + 1, end) : key;
}

/** Whether nothing in a group refused, so that its binding takes were committed. */
function granted({ takes }: Group, { verdicts }: Answered): boolean {
  return verdicts.every(({ allowed }, i) => allowed || !(takes[i] as Take).binding);
}

/** A verdict after what it gave was put back. */
function withheld(verdict: Verdict, { binding, cost }: Take): Verdict {
  return binding ? { ...verdict, remaining: Math.floor(verdict.remaining + cost) } : verdict;
}

/** What the scripts are told of a take: use, cost, binding, count, window, capacity or end, initial. */
function limitArguments({ limit, cost, binding }: Take): string[] {
  const [sixth, seventh] = ownNumbers(limit);
  return [limit.use, text(cost), binding ? '1' : '0', text(limit.count), text(windowOf(limit)), text(sixth), text(seventh)];
}

function ownNumbers(limit: Limit): readonly [number, number] {
  if (limit.use === 'token-bucket') return [limit.capacity, limit.initial];
  return [limit.use === 'quota' ? limit.ends : 0, 0];
}

/** There is no word for infinity in Lua. */
function text(value: number): string {
  return String(Math.min(value, Number.MAX_SAFE_INTEGER));
}

/** @throws Error for anything but what the script answers. */
function answered(reply: unknown, count: number): Answered {
  if (!Array.isArray(reply) || reply.length !== 1 + count * FIELDS || !reply.every(Number.isSafeInteger)) {
    throw new Error(`Redis gave no verdict: ${JSON.stringify(reply)?.slice(0, 200)}`);
  }
  const numbers = reply as readonly number[];
  const verdicts = Array.from({ length: count }, (_, i): Verdict => {
    const [allowed, remaining, reset, retryAfter] = numbers.slice(1 + i * FIELDS) as [number, number, number, number];
    return { allowed: allowed === 1, remaining, reset: orNever(reset), retryAfter: orNever(retryAfter) };
  });
  return { now: numbers[0] as number, verdicts };
}

function orNever(time: number): number {
  return time < 0 ? Infinity : time;
}
