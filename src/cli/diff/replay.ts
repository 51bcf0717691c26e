import type { Both } from './both.js';
import { linesOf } from './log-lines.js';
import { readLine, type LoggedRequest } from './log-request.js';
import type { Judge } from './judge.js';
import { Memory } from './memory.js';
import type { Counted, Group, Tally } from './tally.js';

/** What a log says about a change. */
export interface Replay {
  readonly lines: number;
  /** Requests that were judged. */
  readonly requests: number;
  readonly otherwise: number;
  readonly groups: readonly Group[];
  /** Requests that are treated as before by routes with other settings, by the name of the new route. */
  readonly settings: readonly { readonly route: string; readonly count: number }[];
  readonly skipped: {
    /** Lines of our own log about something else than a request. */
    readonly other: number;
    /** OPTIONS that no service got: what decides about a preflight stands in headers. */
    readonly preflights: number;
    /** Lines that nobody can read. */
    readonly unknown: number;
  };
  /** Requests that took another route when they were logged than the old configuration gives them. */
  readonly elsewhere: number;
  /** What some lines say, to tell what the log lacks. */
  readonly seen: { readonly headers: ReadonlySet<string>; readonly query: boolean; readonly hostless: number };
}

export interface ReplayOptions {
  readonly judges: Both<Judge>;
  readonly tally: Tally;
  /** Headers that either configuration looks at, in lower case. */
  readonly headers: readonly string[];
  /** Host of requests whose line names none. */
  readonly host: string;
}

/** What is remembered of a request. */
interface Verdict {
  readonly group: Counted | null;
  readonly oldRoute: string;
  /** Name of the new route where only its settings differ. */
  readonly settings: string | null;
}

const REMEMBERED = 20_000;
/** Longer ones seldom come twice. */
const LONGEST_KEY = 1_024;
const UNMATCHED = '(unmatched)';

/** Judges every request of a log under both configurations. Memory does not grow with the log. */
export async function replayLog(bytes: AsyncIterable<Buffer>, options: ReplayOptions): Promise<Replay> {
  const run = new Run(options);
  for await (const lines of linesOf(bytes)) for (const line of lines) run.take(line);
  return run.result();
}

class Run {
  readonly #memory = new Memory<Verdict>(REMEMBERED);
  readonly #settings = new Map<string, number>();
  readonly #seen = { headers: new Set<string>(), query: false, hostless: 0 };
  readonly #skipped = { other: 0, preflights: 0, unknown: 0 };
  readonly #asksCaller: boolean;
  #lines = 0;
  #requests = 0;
  #elsewhere = 0;

  constructor(private readonly options: ReplayOptions) {
    this.#asksCaller = options.judges.old.looksAtCaller || options.judges.new.looksAtCaller;
  }

  take(line: Buffer | null): void {
    this.#lines++;
    if (line?.length === 0) return;
    const read = line === null ? null : readLine(line);
    if (read === null) this.#skipped.unknown++;
    else if (read === 'other') this.#skipped.other++;
    else if (read.method === 'OPTIONS' && read.forwarded !== true) this.#skipped.preflights++;
    else this.#count(read);
  }

  #count(logged: LoggedRequest): void {
    const asked = this.#completed(logged);
    const verdict = this.#verdictOf(asked);
    this.#requests++;
    if (asked.route !== null && asked.route !== verdict.oldRoute) this.#elsewhere++;
    if (verdict.group) verdict.group.count++;
    if (verdict.settings !== null) this.#settings.set(verdict.settings, (this.#settings.get(verdict.settings) ?? 0) + 1);
  }

  /** The request with nothing but what somebody looks at. */
  #completed(logged: LoggedRequest): LoggedRequest {
    const headers: Record<string, string> = {};
    for (const name of this.options.headers) {
      const value = logged.headers[name];
      if (value === undefined) continue;
      headers[name] = value;
      this.#seen.headers.add(name);
    }
    if (logged.target.includes('?')) this.#seen.query = true;
    if (logged.host === '') this.#seen.hostless++;
    return { ...logged, headers, host: logged.host === '' ? this.options.host : logged.host };
  }

  #verdictOf(asked: LoggedRequest): Verdict {
    const { caller, headers, host, method, target, upgrade } = asked;
    const signed = caller === null ? '' : `${this.#asksCaller ? caller.id : ''}\n${caller.authenticator ?? ''}`;
    const sent = this.options.headers.length === 0 ? '' : JSON.stringify(headers);
    const key = `${method} ${target}\n${host}\n${upgrade}\n${caller !== null}${signed}\n${sent}`;
    const known = this.#memory.get(key);
    if (known) return known;
    const verdict = this.#judge(asked);
    if (key.length <= LONGEST_KEY) this.#memory.set(key, verdict);
    return verdict;
  }

  #judge(asked: LoggedRequest): Verdict {
    const { judges, tally } = this.options;
    const both = { old: judges.old.judge(asked), new: judges.new.judge(asked) };
    const group = tally.groupOf(both, asked, this.#lines);
    const alike = group !== null || both.old.settings === both.new.settings;
    return { group, oldRoute: both.old.route ?? UNMATCHED, settings: alike ? null : both.new.route };
  }

  result(): Replay {
    const { groups } = this.options.tally;
    return {
      lines: this.#lines, requests: this.#requests, groups,
      otherwise: groups.reduce((sum, { count }) => sum + count, 0),
      settings: [...this.#settings].map(([route, count]) => ({ route, count })).sort((a, b) => b.count - a.count),
      skipped: this.#skipped, elsewhere: this.#elsewhere, seen: this.#seen,
    };
  }
}
