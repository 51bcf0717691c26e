import { z } from 'zod';
import { secretText, type Secret } from '#libs/kernel';
import { compileText, LINE_VARIABLES, lineVariable } from '#libs/transforms';
import { nearestName } from '../nearest-name.js';
import { fieldName, fieldNames, namesSchema, nestedSchema, type LogField } from './log-fields.js';
import { durationOrOff, freeHeaderName, headerName, listOf, onOff, sizeOrOff } from './values.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** Characters that a secret for HMAC-SHA256 has at least: as many as the hash has bytes (RFC 2104 3). */
const SECRET_LENGTH = 32;

/** Environments write levels as Python does: `INFO`, `WARNING`, `CRITICAL`. */
export const logLevel = z.preprocess(levelName, z.enum(LOG_LEVELS));

function levelName(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const word = value.toLowerCase();
  return word === 'warning' ? 'warn' : word === 'critical' ? 'fatal' : word;
}

const sampleSchema = z.strictObject({
  ratio: z.number().min(0).max(1).default(1).describe('Share of the access lines that are written, from 0 to 1. It goes by the trace id, so that of a trace all lines are there or none, here and in other gateways; of traces that a stranger has begun chance decides. Requests whose trace is exported have their line in any case. Default: 1.'),
  slow: durationOrOff().prefault('1s').describe('Requests that take as long have their line in any case; `off` for not. Default: 1s.'),
  errors: onOff().default(true).describe('Requests that fail (5xx, or an answer that breaks off) have their line in any case. Default: on.'),
  problems: z.union([z.literal('off').transform(() => Number.POSITIVE_INFINITY), z.int().min(1)]).default(100).describe('Besides its access line, a request that fails has a line that says why. This many of them a second, from each worker, tell of the same problem of the same route, service and target; one more says how many more there were. `off`: all of them. Default: 100.'),
});

const marksSchema = z.strictObject({
  slow: durationOrOff().prefault('1s').describe('`"slow": true` from this duration on, but not for WebSockets; `off` for never. Default: 1s.'),
  large: sizeOrOff().prefault('10MiB').describe('`"large": true` where the body of the request or of the answer has so many bytes; `off` for never. Default: 10MiB.'),
  error: onOff().default(true).describe('`"error": true` where it failed: 5xx, or an answer that broke off. Default: on.'),
});

const debugSchema = z.strictObject({
  secret: secretText().refine((secret: Secret) => secret.reveal().length >= SECRET_LENGTH, { error: `expected a secret of ${SECRET_LENGTH} characters or more` }).describe('What debug headers are signed with, 32 characters or more. Danger: whoever has it can fill the log.'),
  header: freeHeaderName().default('X-Passerelle-Debug').describe('The request header. It is never forwarded. Default: X-Passerelle-Debug.'),
});

const shape = z.strictObject({
  level: logLevel.default('info').describe('Default: info. It can be changed for a while without a reload: `passerelle log level debug --for 10m`.'),
  access: onOff().default(true).describe('One JSON line per request. Default: on.'),
  query: z.boolean().default(false).describe('Whether the line’s path carries the query (credentials are cut out in any case). Default: false.'),
  headers: listOf(headerName()).default([]).describe('Request headers to log. Authorization, cookies and keys print as [redacted] whatever is said here.'),
  redact: listOf(z.string()).default([]).describe('Further names of headers, query parameters, path parameters and fields whose values print as [redacted].'),
  sample: sampleSchema.prefault({}).describe('Which lines are written, of access and of problems.'),
  marks: marksSchema.optional().describe('Marks lines that are worth a look. Default: no marks; `{}` for the usual ones.'),
  names: namesSchema.prefault({}).describe('Other names for the fields of lines, for pipelines that know them; those of `time`, `level`, `msg` and ids hold for all lines, the rest for access lines.'),
  rest: z.enum(['keep', 'drop']).default('keep').describe('What becomes of the fields of an access line that `names` does not name. Default: keep.'),
  add: z.record(fieldName(), z.union([z.string(), z.number(), z.boolean()])).default({}).describe(`Further fields of access lines. Templates as in headers, and {status}, {duration} (ms), {seconds}, {success}, {authenticated}, {slow}, {large}, {error}, {detail} and the like; text that is one placeholder keeps its type. Fields without a placeholder are in all lines. Where a name is one of a credential the value prints as [redacted].`),
  nested: nestedSchema.optional().describe('Puts the fields below one key, such as `message`. Default: they stand side by side.'),
  nulls: onOff().default(false).describe('Whether a field of an access line that has no value is there all the same: `null`, and a mark `false`. Default: off.'),
  debug: debugSchema.optional().describe('Requests that bear a signed header (`passerelle debug-header`) tell in the log what was decided, whatever `level`, `access` and `sample` say. Default: none.'),
});

type Shape = z.output<typeof shape>;
type Say = (path: readonly (string | number)[], message: string) => void;

export const logSchema = shape.superRefine((log, context) => {
  const say: Say = (path, message) => context.addIssue({ code: 'custom', path: [...path], message });
  checkTemplates(log, say);
  checkBeside(log, say);
  checkNames(log, say);
});

function checkTemplates({ add }: Shape, say: Say): void {
  for (const [name, value] of Object.entries(add)) {
    if (typeof value !== 'string') continue;
    try {
      compileText(value, lineVariable, LINE_VARIABLES);
    } catch (error) {
      say(['add', name], (error as Error).message);
    }
  }
}

function checkBeside({ add, nested }: Shape, say: Say): void {
  const known = [...fieldNames, ...Object.keys(add)];
  for (const [index, name] of (nested?.beside ?? []).entries()) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known);
    say(['nested', 'beside', index], `there is no field "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
  }
}

/** A name that stands twice in an object is read once by most, and which one is anybody's guess. */
function checkNames({ add, names, nested, rest }: Shape, say: Say): void {
  const beside = new Set(nested?.beside);
  const [within, outside] = [new Set<string>(), new Set<string>(nested && [nested.below])];
  const take = (own: string, name: string, path: readonly string[]): void => {
    const there = nested === undefined || beside.has(own) ? outside : within;
    if (there.has(name)) say(path, `the line has a field "${name}" already; take another name, or leave that field out (\`names: { ${name}: off }\`)`);
    there.add(name);
  };
  for (const field of fieldNames) {
    const name = nameOf({ names, rest }, field);
    if (name !== null) take(field, name, ['names', field]);
  }
  for (const name of Object.keys(add)) take(name, name, ['add', name]);
}

/** What a line calls a field; `null` where it leaves it out. */
export function nameOf({ names, rest }: Pick<Shape, 'names' | 'rest'>, field: LogField): string | null {
  const name = names[field];
  return name === undefined ? (rest === 'keep' ? field : null) : name;
}
