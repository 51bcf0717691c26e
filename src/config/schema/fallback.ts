import { z } from 'zod';
import { filePath } from '#libs/kernel';
import { headerName, listOf, name, statuses } from './values.js';

/** What says that the service failed, and not the client. */
const FAILURES = [
  'target-unreachable', 'connect-timeout', 'first-byte-timeout', 'bad-target-response', 'no-target', 'circuit-open', 'overloaded', 'call-failed',
] as const;

const when = z.strictObject({
  problems: listOf(z.enum([...FAILURES, 'total-timeout'])).default([...FAILURES]).describe(
    'Problems that call for it. After `total-timeout`, which is none of them by default, there is time only for `stale` and for answers of the file.',
  ),
  status: statuses().default([502, 503, 504]).describe('Statuses of the service’s own answers that call for it, and ranges of them.'),
});

/** RFC 9110 5.5. */
const headerText = z.string().regex(/^[\t -~]*$/, { error: 'expected text of visible characters' });
const FRAMING = /^(?:connection|content-length|content-type|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;

const answer = {
  status: z.int().min(200).max(599).default(200).describe('Status of the answer. Default: 200.'),
  contentType: headerText.optional().describe('Default: by the ending of the file; application/json, or text/plain when `body` is text.'),
  headers: z.record(headerName().refine((header) => !FRAMING.test(header), { error: 'expected another header: this one frames the message, or is `contentType`' }), headerText).default({}).describe(
    'Headers to add. Default: only `Cache-Control: no-store`, so that nobody keeps it longer than needed.',
  ),
};

const standIn = z.union([
  z.literal('stale').describe('The last good answer, past its time, where a cache has one.'),
  z.strictObject({
    service: name().describe('Another service, which gets the request with the route’s path and header edits. Danger: what the first service did before it failed is done again. A body that was already read is gone, and then this is passed over.'),
  }),
  z.strictObject({
    ...answer,
    file: filePath().describe('File with the body, relative to the configuration; read when it is loaded, up to 1 MiB. A changed file loads itself.'),
  }),
  z.strictObject({ ...answer, body: z.unknown().optional().describe('JSON, or text. Default: no body.') }),
]);

const standIns = z.array(standIn).describe('Tried in order, until one has an answer.');

/** What the client gets when the service fails. */
export const fallbackSchema = z.union([
  standIns.transform((chain) => ({ when: when.parse({}), chain })),
  z.strictObject({
    when: when.prefault({}).describe('What calls for it. Default: what says that the service failed.'),
    chain: standIns,
  }),
]);

export type FallbackConfig = z.output<typeof fallbackSchema>;
export type StandInConfig = FallbackConfig['chain'][number];
