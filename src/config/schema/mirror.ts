import { z } from 'zod';
import { duration, listOf, name, percentage, size } from './values.js';

/** A second service that gets copies of requests, and whose answers nobody waits for. */
export const mirrorSchema = z.strictObject({
  to: name().describe('The service that gets the copies, each with `X-Mirrored: 1`. Danger: it does what they say, and gets the caller’s credentials as the route lets them through; keep it from the data, the mail and the payments of the live one.'),
  sample: percentage().prefault('100%').describe('Share of the requests that is copied. Default: 100%.'),
  methods: listOf(z.string().regex(/^[A-Z]+$/, { error: 'expected an upper-case method such as GET' })).optional().describe('Methods that are copied. Default: all. WebSockets never are.'),
  maxBody: size().prefault('64KiB').describe('Largest body that is copied; a request with a larger one is not. Default: 64KiB.'),
  maxInFlight: z.int().min(1).max(10_000).default(50).describe('Copies of this route under way at most; further requests are not copied. Together with `maxBody` this bounds the memory it takes. Default: 50.'),
  timeout: duration().prefault('5s').describe('How long a copy may wait for the client’s body, and then take to be answered. Default: 5s.'),
});

export type MirrorConfig = z.output<typeof mirrorSchema>;
