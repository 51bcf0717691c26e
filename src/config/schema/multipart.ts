import { z } from 'zod';
import { listOf, size } from './values.js';

const names = () => listOf(z.string().min(1));

/** What forms with files may hold (RFC 7578). */
export const multipartSchema = z.strictObject({
  fields: names().optional().describe('Names that fields, files included, may have; `*` is a wildcard, e.g. `attachments[*]`. Another one: 422. Default: any.'),
  required: names().default([]).describe('Names that have to be there, or 422. Default: none.'),
  files: z.int().min(0).optional().describe('How many files there may be; one more: 422. Default: any number.'),
  maxFile: size().optional().describe('Largest file; over it: 413. Default: only `limit` of the whole body.'),
  maxField: size().prefault('64KiB').describe('Largest value of a field that is no file; over it: 413. It is held in memory while it is looked at. Default: 64KiB.'),
  maxParts: z.int().min(1).default(100).describe('How many fields and files there may be together; one more: 422. Default: 100.'),
  types: names().optional().describe('Types that files may have, by what the client says of each; `*` is a wildcard. Another one: 415. Default: any. Danger: nobody looks whether a file is what the client says.'),
});

export type MultipartConfig = z.output<typeof multipartSchema>;
