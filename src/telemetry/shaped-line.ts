import type { Clock, Exchange } from '#libs/kernel';
import { fieldNames, nameOf } from '../config/index.js';
import { compileAdded } from './added-fields.js';
import { quote } from './json-text.js';
import type { AccessLine, FieldText, LineConfig } from './line-config.js';
import { compileFieldTexts } from './line-fields.js';
import type { Writer } from './logger.js';
import { Redaction } from './redaction.js';

/** One field of a line, in its place. */
interface Part {
  /** Its name, quoted, and a colon. */
  readonly key: string;
  readonly text: FieldText;
  /** What stands there where it has no value; `null` leaves the field out. */
  readonly absent: string | null;
}

/** Compiles an access line as the file shapes it: other names, fewer and further fields, some below one key. */
export function compileShapedLine(config: LineConfig, clock: Clock, writer: Writer): AccessLine {
  const redaction = Redaction.of(config);
  const { inner, outer } = partsOf(config, compileFieldTexts(config, { clock, redaction, writer }), redaction);
  const { nested } = config;
  const close = nested === undefined ? null : { key: `${quote(nested.below)}:`, text: nested.as === 'text' };
  return (exchange) => {
    const duration = clock.elapsed() - exchange.startedAt;
    const outside = joined(outer, exchange, duration);
    if (close === null) return `{${outside}}\n`;
    const within = `{${joined(inner, exchange, duration)}}`;
    return `{${outside}${outside === '' ? '' : ','}${close.key}${close.text ? JSON.stringify(within) : within}}\n`;
  };
}

function joined(parts: readonly Part[], exchange: Exchange, duration: number): string {
  let line = '';
  for (const { absent, key, text } of parts) {
    const value = text(exchange, duration) ?? absent;
    if (value !== null) line += line === '' ? key + value : `,${key}${value}`;
  }
  return line;
}

function partsOf(config: LineConfig, texts: ReturnType<typeof compileFieldTexts>, redaction: Redaction): { readonly inner: readonly Part[]; readonly outer: readonly Part[] } {
  const beside = new Set(config.nested?.beside);
  const [inner, outer]: [Part[], Part[]] = [[], []];
  const put = (own: string, name: string, rest: Omit<Part, 'key'>): void => {
    (config.nested === undefined || beside.has(own) ? outer : inner).push({ key: `${quote(name)}:`, ...rest });
  };
  for (const own of fieldNames) {
    const name = nameOf(config, own);
    const mark = own === 'slow' || own === 'large' || own === 'error' || own === 'debug' || own === 'sampled';
    // A mark that nobody asked for has no value, rather than a false one.
    const asked = mark ? own === 'sampled' || (own === 'debug' ? config.debug : config.marks) !== undefined : own !== 'headers' || config.headers.length > 0;
    if (name !== null) put(own, name, { text: texts[own], absent: config.nulls && asked ? (mark ? 'false' : 'null') : null });
  }
  for (const [name, text] of compileAdded(config, redaction)) put(name, name, { text, absent: config.nulls ? 'null' : null });
  return { inner, outer };
}
