import type { HeaderList } from '#libs/kernel';
import type { TestConfig } from '../config/index.js';
import type { DryOutcome } from '../proxy/dry-run.js';
import { shownField } from '../proxy/shown-fields.js';

type Expected = TestConfig['expect'];

/** One thing that is not as a test expects. */
export interface Difference {
  /** Key of `expect`, e.g. `headers.x-user-id`. */
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
}

/** What only a request that is forwarded has. */
const SENT: readonly (keyof Expected)[] = ['service', 'method', 'path', 'headers'];

/** Compares what became of a request with what a test expects; nothing is expected that the test does not name. */
export function differences(expect: Expected, outcome: DryOutcome): Difference[] {
  const { exchange, explanation, forwarded, refusal } = outcome;
  const { route } = exchange;
  // Where a route asks several services, the test means the call of the one it names.
  const { outgoing, service, target } = outcome.sent.find((sent) => sent.service?.name === expect.service) ?? outcome.sent[0] ?? exchange;
  const found: Difference[] = [];
  const compare = (what: Exclude<keyof Expected, 'headers'>, actual: string | null, otherwise: string): void => {
    const expected = expect[what];
    if (expected !== undefined && String(expected) !== actual) found.push({ what, expected: String(expected), actual: actual ?? otherwise });
  };
  const end = described(outcome);
  compare('status', outcome.answer && !forwarded ? String(outcome.answer.status) : null, end);
  compare('code', refusal?.problem.type.code ?? null, end);
  compare('route', explanation?.winner ?? null, 'no route matches');
  compare('endpoint', route?.endpoint ? route.name.replace(/^endpoint:/, '') : null, route?.service ? `it is no endpoint but the route ${route.name}` : end);
  if (!forwarded || !outgoing) {
    const [first] = SENT.filter((key) => expect[key] !== undefined);
    // Said once: everything that a service gets is missing for the same reason.
    if (first !== undefined && found.every(({ actual }) => actual !== end)) found.push({ what: first, expected: 'the request to be forwarded', actual: end });
    return found;
  }
  compare('service', service?.name ?? null, end);
  compare('method', outgoing.method, end);
  compare('path', `${target?.basePath ?? ''}${outgoing.path}${outgoing.query}`, end);
  return [...found, ...headerDifferences(expect.headers ?? {}, outgoing.headers)];
}

/** How it ended, in words. */
function described({ answer, exchange: { route }, forwarded, preflight, refusal, sent }: DryOutcome): string {
  if (forwarded) return `the gateway forwards it to ${sent.map(({ service, target }) => `${service?.name} (${target?.url.host})`).join(' and ')}; the service answers`;
  if (refusal) return `the gateway refuses it: ${answer?.status} ${refusal.problem.type.code} (${refusal.problem.detail})`;
  if (route?.endpoint && !answer) return `the built-in endpoint ${route.name.replace(/^endpoint:/, '')} answers it`;
  return preflight ? `the gateway answers the preflight: ${answer?.status}` : `the gateway answers it: ${answer?.status}`;
}

function headerDifferences(expected: NonNullable<Expected['headers']>, headers: HeaderList): Difference[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const values = headers.all(name);
    const actual = values.length === 0 ? null : values.join(', ');
    if (actual === wanted) return [];
    const show = (value: string | null): string => (value === null ? '(absent)' : shownField(name, value));
    return [{ what: `headers.${name}`, expected: show(wanted), actual: show(actual) }];
  });
}
