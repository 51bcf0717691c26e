import { z } from 'zod';
import { absolutePath, duration, name, size, template } from './values.js';

const call = z.strictObject({
  to: name().describe('The service that is asked; it gets the caller’s credentials as the route lets them through.'),
  method: z.string().regex(/^[A-Z]+$/, { error: 'expected an upper-case method such as GET' }).default('GET').describe('Method of the call; it has no body. Default: GET. Danger: other calls may go on when one has failed, so nothing that changes data belongs here.'),
  path: absolutePath().describe('Path of the call. `{name}` is a `:name` of the pattern; request variables such as `{principal.id}` are encoded as one segment, and a request without one fails the call.'),
  query: z.record(z.string(), template()).default({}).describe('Parameters of the call; templates as in headers, e.g. `{request.query.page}`. One that comes out empty is left out. Default: none, the client’s own do not pass.'),
  required: z.boolean().default(false).describe('Whether the whole fails when this call does: with its problem, or with the answer of the service. Default: false.'),
  pick: z.string().min(1).optional().describe('Path of the part that is wanted, e.g. `data.items`. An answer without it fails the call. Default: all of the answer.'),
  default: z.unknown().optional().describe('What stands in the answer when the call fails. Default: null.'),
  timeout: duration().prefault('5s').describe('For the whole call, retries and body included. Default: 5s.'),
});

/** One answer put together from several calls. */
export const aggregateSchema = z.strictObject({
  calls: z.record(name(), call).refine((calls) => Object.keys(calls).length > 0 && Object.keys(calls).length <= 32, { error: 'expected 1 to 32 calls' }).describe('Calls by name, made at once.'),
  body: z.unknown().optional().describe(
    'JSON of the answer; text in it may hold `{calls.<name>}`, `{calls.<name>.<path>}`, `{missing}` (names of the failed calls to the codes of their problems) and request variables. Text that is one placeholder keeps its type. Default: an object of the calls’ names, and `_missing` where some failed.',
  ),
  partial: z.int().min(200).max(599).default(200).describe('Status when a call failed that is not required. Such an answer has `X-Partial` with the names. When every call failed and none has a `default`, the whole fails. Default: 200.'),
  max: size().prefault('1MiB').describe('Largest answer of a call, packed or not; over it the call fails. Default: 1MiB.'),
});

export type AggregateConfig = z.output<typeof aggregateSchema>;
export type CallConfig = z.output<typeof call>;
