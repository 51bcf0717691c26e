import { compileJsonTemplate, lineVariable, literalOf, type Getter, type LineScope, type Resolve } from '#libs/transforms';
import { REDACTED } from '../config/redact.js';
import { clean } from './clean-fields.js';
import type { FieldText, LineConfig } from './line-config.js';
import { pathOf } from './line-parts.js';
import { compileMarks, failed } from './marks.js';
import type { Redaction } from './redaction.js';

/** Compiles `log.add`. Nothing comes through a template that its own name, or that of where it is from, calls a credential. */
export function compileAdded(config: LineConfig, redaction: Redaction): readonly (readonly [name: string, text: FieldText])[] {
  const marks = compileMarks(config.marks);
  return Object.entries(config.add).map(([name, value]) => {
    if (typeof value !== 'string') return [name, constant(JSON.stringify(value))];
    const get = compileJsonTemplate(value, cleanVariable(redaction));
    const isSecret = redaction.hides(name);
    return [name, (exchange, duration) => {
      const found = get({ exchange, duration, slow: marks.slow(exchange, duration), large: marks.large(exchange), failed: failed(exchange) });
      if (found === undefined || found === null || found === '') return null;
      return isSecret ? `"${REDACTED}"` : JSON.stringify(found);
    }];
  });
}

/** The fields of `log.add` that every line has: those without a placeholder. */
export function constantsOf({ add }: Pick<LineConfig, 'add'>, redaction: Redaction): Readonly<Record<string, string | number | boolean>> {
  return Object.fromEntries(Object.entries(add).flatMap(([name, value]) => {
    const literal = typeof value === 'string' ? literalOf(value) : value;
    return literal === null ? [] : [[name, typeof literal === 'string' && redaction.hides(name) ? REDACTED : literal] as const];
  }));
}

function constant(text: string): FieldText {
  return () => text;
}

/** Where a value comes from by a name of somebody's choice. */
const NAMED = /^(?:request\.header|principal\.claims|(request\.query)|(params))\.(.+)$/;

function cleanVariable(redaction: Redaction): Resolve<LineScope> {
  return (name) => {
    const get = lineVariable(name);
    if (get === undefined) return undefined;
    if (name === 'request.bearer') return hidden(get);
    if (name === 'request.query') return ({ exchange }) => redaction.query(exchange.query).slice(1);
    if (name === 'request.path') return ({ exchange }) => pathOf(exchange, false, redaction);
    const [, query, param, last = ''] = NAMED.exec(name) ?? [];
    const isSecret = param ? redaction.hidesSegment(last) : query ? redaction.hidesParameter(last) : last.split('.').some((part) => redaction.hides(part));
    return isSecret ? hidden(get) : cleaned(get, redaction);
  };
}

function hidden(get: Getter<LineScope>): Getter<LineScope> {
  return (scope) => (get(scope) === undefined ? undefined : REDACTED);
}

function cleaned(get: Getter<LineScope>, redaction: Redaction): Getter<LineScope> {
  return (scope) => {
    const value = get(scope);
    // A text may be an address, whose query is looked at as one; all that is cut out of free text goes too.
    return clean(typeof value === 'string' ? redaction.value(value) : value, redaction);
  };
}
