import { events, type AuditNotice, type Clock, type Exchange, type Problem, type ReloadReport } from '#libs/kernel';
import type { AuditConfig } from '../config/index.js';
import { compilePatterns } from './patterns.js';
import { Refusals } from './refusals.js';

/** Requests that a room has told of and that are not over; those whose end nobody hears of are forgotten some day. */
const TOLD = 1_000;
const PATH = 200;
const FAILURE = 400;

export interface RecorderParts {
  readonly settings: AuditConfig;
  readonly clock: Clock;
  /** Id of this worker, where there are several. */
  readonly worker: number | null;
  readonly record: (notice: AuditNotice) => void;
  /** Counts one that is in the number of another. */
  readonly merged: () => void;
}

/** Listens to what the rooms publish, and decides what is recorded of it. */
export class Recorder {
  readonly #wants: (action: string) => boolean;
  readonly #refusals: Refusals;
  readonly #statuses: ReadonlySet<number>;
  readonly #told = new Set<string>();
  #unsubscribe: readonly (() => void)[] = [];

  constructor(private readonly parts: RecorderParts) {
    const { clock, merged, record, settings } = parts;
    this.#wants = compilePatterns(settings.events);
    this.#statuses = statusesOf(settings.refusals.statuses);
    this.#refusals = new Refusals({ settings: settings.refusals, clock, emit: record, merged });
  }

  begin(): void {
    const { worker } = this.parts;
    const here = worker === null ? {} : { worker };
    this.#unsubscribe = [
      events.audited.subscribe((notice) => this.#noted(notice)),
      events.endpointAnswering.subscribe((exchange) => {
        if (changes(exchange)) this.note(adminNotice(exchange));
      }),
      events.exchangeClosed.subscribe((exchange) => {
        if (exchange.problem !== null) this.#refused(exchange, exchange.problem);
      }),
      events.configurationApplied.subscribe((report) => this.note(configurationNotice('apply', 'done', { report, here }))),
      events.configurationApplyFailed.subscribe((report) => this.note(configurationNotice('apply', 'failed', { report, here }))),
      events.configurationLoadFailed.subscribe((report) => this.note(configurationNotice('load', 'failed', { report, here }))),
    ];
  }

  /** Records what happened, if it is wanted. */
  note(notice: AuditNotice): void {
    if (!this.#wants(notice.action)) return;
    const { actor, client, outcome } = notice;
    // What nobody known did can be done as often as he likes, too.
    if (outcome === 'refused' || (actor === null && client !== null)) this.#refusals.take(notice);
    else this.parts.record(notice);
  }

  #noted(notice: AuditNotice): void {
    if (notice.outcome === 'refused' && notice.requestId !== null) {
      if (this.#told.size >= TOLD) this.#told.clear();
      this.#told.add(notice.requestId);
    }
    this.note(notice);
  }

  /** A room that said itself why it refused knows more than the answer does. */
  #refused(exchange: Exchange, problem: Problem): void {
    const told = this.#told.size > 0 && this.#told.delete(exchange.id);
    if (!told && this.#statuses.has(problem.status)) this.note(accessNotice(exchange, problem));
    else if (changes(exchange) && exchange.principal !== null) this.note(adminNotice(exchange));
  }

  /** Nothing is heard any more; what was counted is recorded. */
  end(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#refusals.flush();
  }
}

function statusesOf(settings: AuditConfig['refusals']['statuses']): ReadonlySet<number> {
  return new Set(settings.flatMap((each) => {
    const [from, to] = typeof each === 'number' ? [each, each] : each.split('-').map(Number) as [number, number];
    return Array.from({ length: to - from + 1 }, (_none, i) => from + i);
  }));
}

/** Whether it is a call of the admin endpoint that is there to change something. */
function changes({ method, route }: Exchange): boolean {
  const endpoint = route?.endpoint ?? null;
  return endpoint !== null && (endpoint === 'admin' || endpoint.startsWith('admin/')) && method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

/** Neither bodies nor queries: both may carry what nobody is to read. */
function adminNotice(exchange: Exchange): AuditNotice {
  const { client, id, method, path, problem, status } = exchange;
  const outcome = status < FAILURE ? 'done' : 'failed';
  return { action: 'admin', outcome, actor: actorOf(exchange), subject: placeOf(exchange), client, requestId: id, details: { method, path: path.slice(0, PATH), status, ...(problem && { code: problem.type.code }) } };
}

function accessNotice(exchange: Exchange, problem: Problem): AuditNotice {
  const { client, id, method } = exchange;
  const reason = problem.extras.members?.['reason'];
  const said = typeof reason === 'string' && /^[\w.-]{1,40}$/.test(reason) ? { reason } : {};
  return { action: 'access', outcome: 'refused', actor: actorOf(exchange), subject: placeOf(exchange), client, requestId: id, details: { code: problem.type.code, status: problem.status, method, ...said } };
}

function configurationNotice(what: 'apply' | 'load', outcome: AuditNotice['outcome'], { here, report: { errors, file, version } }: { report: ReloadReport; here: AuditNotice['details'] }): AuditNotice {
  // What is wrong may quote the file, and is in the log.
  const wrong = errors.length === 0 ? {} : { errors: errors.length };
  return { action: `configuration.${what}`, outcome, actor: null, subject: version === '' ? null : `configuration:${version}`, client: null, requestId: null, details: { file, ...wrong, ...here } };
}

function actorOf({ principal }: Exchange): string | null {
  return principal && `${principal.authenticator}:${principal.id}`;
}

/** The route by its name, never the path: somebody may have typed a secret there. */
function placeOf({ route }: Exchange): string | null {
  if (route === null) return null;
  return route.endpoint === null ? `route:${route.name}` : route.name;
}
