import { fill } from './answers.js';
import { values, type Reply } from './client.js';
import type { Exchanged, Script } from './origin.js';
import type { Step, Wanted } from './steps.js';

/** A case that runs. */
export interface Run {
  readonly script: Script;
  readonly replies: Reply[];
  /** What happened, for people. */
  readonly log: string[];
}

/** One step of it: what the client got, and the requests of the origin before it and in it. */
interface Outcome {
  readonly step: Step;
  readonly reply: Reply;
  readonly earlier: readonly Exchanged[];
  readonly asked: readonly Exchanged[];
  readonly script: Script;
  readonly path: string;
}

function joined(headers: readonly string[], name: string): string | null {
  const found = values(headers, name);
  return found.length > 0 ? found.join(', ') : null;
}

function matches(value: string | null, wanted: Wanted, { place }: Script): boolean {
  if (value === null) return false;
  if (typeof wanted === 'string') return value === fill(wanted, place);
  if (wanted instanceof RegExp) return wanted.test(value);
  return /^-?\d+$/.test(value) && Number(value) >= wanted[0] && Number(value) <= wanted[1];
}

/** Faults of a set of fields against what is wanted of them. */
function fieldFaults(whose: string, value: (name: string) => string | null, wanted: Step['upstream'], script: Script): string[] {
  const faults: string[] = [];
  for (const [name, want] of Object.entries(wanted?.has ?? {})) {
    if (!matches(value(name), want, script)) faults.push(`${whose} has ${name}: ${value(name)}, wanted ${want instanceof RegExp ? want : JSON.stringify(want)}`);
  }
  for (const name of wanted?.lacks ?? []) if (value(name) !== null) faults.push(`${whose} has ${name}: ${value(name)}, wanted none`);
  return faults;
}

function askedFaults({ step, asked, script }: Outcome): string[] {
  const least = step.again ? 2 : step.kind === 'asks' || step.kind === 'validates' || step.behind ? 1 : 0;
  const most = step.kind === 'either' ? 1 : least;
  const faults = asked.length < least || asked.length > most ? [`the origin was asked ${asked.length} times, wanted ${least === most ? least : '0 or 1'}`] : [];
  const conditional = asked.some(({ headers }) => headers.has('if-none-match') || headers.has('if-modified-since'));
  if (step.kind === 'validates' && !conditional) faults.push('the origin was asked without a condition');
  return [...faults, ...fieldFaults('the request to the origin', (name) => asked[0]?.headers.get(name) ?? null, step.upstream, script)];
}

/** Status and body that the kind of a step stands for; `null` for any. */
function expected({ step, asked, earlier, path }: Outcome): { readonly status: number | null; readonly text: string | null } {
  const given = step.again ? asked[1] : asked[0];
  if (step.kind === 'refuses') return { status: null, text: null };
  if (given && (step.kind === 'asks' || step.kind === 'either')) return { status: given.said.status, text: given.text };
  const of = step.of === undefined ? earlier.findLast(({ method, target, said }) => method === 'GET' && target === path && said.status !== 304) : earlier[step.of - 1];
  return { status: of && step.kind !== 'either' ? of.said.status : null, text: of?.text ?? null };
}

function replyFaults(outcome: Outcome, before: Reply | undefined): string[] {
  const { step, reply, script } = outcome;
  const want = expected(outcome);
  const status = step.status ?? want.status;
  // A body is known only where the status is that which it came with.
  const text = step.text ?? (status === 304 || step.method === 'HEAD' ? '' : status === want.status || step.kind === 'either' ? want.text : null);
  const faults: string[] = [];
  if (status !== null && reply.status !== status) faults.push(`the status is ${reply.status}, wanted ${status}`);
  if ((step.broken ?? false) !== reply.broken) faults.push(`the reply is ${reply.broken ? '' : 'not '}broken off`);
  else if (!step.broken && text !== null && (typeof text === 'string' ? reply.text !== text : !text.test(reply.text))) faults.push(`the body is ${JSON.stringify(reply.text.slice(0, 80))}, wanted ${String(text)}`);
  if (step.interim && step.interim.join() !== reply.interim.join()) faults.push(`the interim responses are ${reply.interim.join()}, wanted ${step.interim.join()}`);
  for (const [name, value] of Object.entries(step.trailers ?? {})) if (reply.trailers[name] !== value) faults.push(`the trailer ${name} is ${String(reply.trailers[name])}, wanted ${value}`);
  for (const name of step.same ?? []) if (joined(reply.headers, name) !== joined(before?.headers ?? [], name)) faults.push(`${name} has changed to ${joined(reply.headers, name)}`);
  return [...faults, ...fieldFaults('the reply', (name) => joined(reply.headers, name), step, script)];
}

/** What a reply that came from the store must be like, whatever the case is about. */
function reuseFaults({ step, reply, asked }: Outcome): string[] {
  if (step.kind === 'refuses' || (asked.length > 0 && !step.behind)) return [];
  const faults: string[] = [];
  const age = values(reply.headers, 'age');
  // RFC 9111 4: Age is generated whenever a stored response is used without validation.
  if (reply.status !== 304 && !(age.length === 1 && /^\d+$/.test(age[0] ?? ''))) faults.push(`a reused response has the Age ${JSON.stringify(age)}`);
  // RFC 9211 2.1.
  if (!/; *hit\b/.test(joined(reply.headers, 'cache-status') ?? '')) faults.push('Cache-Status does not say hit');
  return faults;
}

/**
 * @param before requests of the case that the origin got before this step.
 * @throws with all that is wrong with what the step led to, and how the case came there.
 */
export function check(step: Step, reply: Reply, before: number, { script, replies, log }: Run): void {
  const path = script.place.path + (step.path ?? '');
  const outcome: Outcome = { step, reply, earlier: script.asked.slice(0, before), asked: script.asked.slice(before), script, path };
  const faults = [...askedFaults(outcome), ...replyFaults(outcome, replies.at(-1)), ...reuseFaults(outcome)];
  replies.push(reply);
  const told = ['cache-status', 'age', 'etag'].map((name) => `${name}: ${joined(reply.headers, name)}`).join(', ');
  log.push(`${step.method ?? 'GET'} ${path} ${JSON.stringify(step.send ?? [])} -> ${reply.status} (${told}), origin asked ${outcome.asked.length}`);
  if (faults.length > 0) throw new Error(`${step.kind}: ${faults.join('; ')}\n  ${log.join('\n  ')}`);
}
