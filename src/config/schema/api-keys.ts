import { z } from 'zod';
import { duration } from './values.js';

/** `apiKeys:` of the file: the keys that are in the database. */
export const apiKeysSchema = z.strictObject({
  prefix: z.string().regex(/^[a-z][a-z0-9]{0,15}(?:_[a-z0-9]{1,16})?$/, { error: 'expected small letters and digits, with one "_" at most, such as pk or acme_live' }).default('pk').describe('What new keys begin with, so that people and secret scanners know whose they are. Keys that were made before go on. Default: pk.'),
  max: z.int().min(1).max(5_000_000).default(100_000).describe('Keys there may be that are good; whoever makes one more gets 422. Each process holds all of them in memory, some 0.4 kB each. Default: 100000.'),
  overlap: duration().prefault('24h').describe('How long the former text of a key goes on after a rotation that does not say itself. Default: 24h.'),
});

export type ApiKeysConfig = z.output<typeof apiKeysSchema>;
