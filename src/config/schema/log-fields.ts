import { z } from 'zod';

/** Every field that an access line may have, in its order, and what it says. */
const LOG_FIELDS = {
  time: 'When it was written, ISO 8601 in UTC.',
  level: '`info`; other lines have theirs.',
  msg: '`request`; other lines have a text for people.',
  worker: 'Which worker, where there are several.',
  requestId: 'Id of the request.',
  correlationId: 'The id that a chain of requests shares, with `correlationId`.',
  traceId: 'W3C trace id.',
  spanId: 'W3C id of its span, where traces are exported.',
  sampled: '`true` where its trace is exported.',
  client: 'Address of the client.',
  method: 'Method of the request.',
  path: 'Path as the client sent it, normalised; with its query where `log.query` says so.',
  route: 'Name of the route.',
  service: 'The service that was asked, or would have been.',
  endpoint: 'The built-in endpoint that answered.',
  version: 'API version of the call, where the file has some.',
  variant: 'Which variant of a `split` it got.',
  target: 'Host and port of the target that was asked last.',
  tries: 'How often targets were asked.',
  targetTime: 'Milliseconds until the header of its answer was there.',
  subject: 'Id of the caller.',
  authenticator: 'Who knew the caller.',
  status: 'Status of the answer.',
  problem: 'Code of what went wrong (docs/errors.md).',
  cache: 'What the cache did: hit, stale, revalidated, collapsed, miss or bypass.',
  limit: 'The limit that refused, or would have.',
  degraded: 'What stood in for the answer of the service.',
  duration: 'Milliseconds from the request header to the end of the answer.',
  bytesIn: 'Bytes of the request’s body.',
  bytesOut: 'Bytes of the answer’s body.',
  upgrade: 'Protocol that the connection switched to.',
  userAgent: 'User-Agent of the client.',
  slow: '`true` where it took long (`log.marks`).',
  large: '`true` where a body was large (`log.marks`).',
  error: '`true` where it failed (`log.marks`).',
  debug: '`true` where a debug header asked for more (`log.debug`).',
  headers: 'Those that `log.headers` names.',
} as const satisfies Readonly<Record<string, string>>;

export type LogField = keyof typeof LOG_FIELDS;

export const fieldNames = Object.keys(LOG_FIELDS) as readonly LogField[];

/** What a line calls a field. */
export const fieldName = () => z.string().min(1).max(64).regex(/^[^"\\\p{Cc}]+$/u, { error: 'expected a name without quotes and backslashes' });

/** `off` is told from a name here, once. */
const renamed = (says: string) => z.union([z.literal('off').transform(() => null), fieldName()]).optional().describe(`${says} Another name, or \`off\` for none. Default: its own.`);

/** Own name to the name in the line, `null` for a field that is left out. */
export const namesSchema = z.strictObject(Object.fromEntries(fieldNames.map((field) => [field, renamed(LOG_FIELDS[field])])) as Record<LogField, ReturnType<typeof renamed>>);

const nestedShape = z.strictObject({
  below: fieldName().describe('Name of the field that the others stand in.'),
  as: z.enum(['text', 'object']).default('text').describe('`text`: JSON within JSON, as loggers write it whose message is JSON. `object`: an object. Default: text.'),
  beside: z.array(z.string()).default(['time', 'level', 'worker']).describe('What stays outside of it: fields by their own names, and names of `add`. Default: time, level, worker.'),
});

export const nestedSchema = z.union([fieldName().transform((below) => nestedShape.parse({ below })), nestedShape]);
