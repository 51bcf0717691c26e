import { z } from 'zod';
import { durationOrOff, duration, listOf, onOff, size, statuses } from './values.js';

const HOUR = 3_600_000;
const MIB = 1_048_576;

const pattern = () => z.string().regex(/^[\w.*-]+$/, { error: 'expected the name of an action, or one with *, such as login or token.*' });

/** `audit:` of the file. */
export const auditSchema = z.strictObject({
  data: z.string().min(1).default('./data').describe('Folder for what is not in the database yet; relative to the file. Each process has files of its own below `audit` in it. Default: ./data. Danger: on a disk that goes with the container, what the database did not get goes with it; a network file system, whose locks cannot be relied on, will not do.'),
  spool: size().prefault('64MiB').refine((bytes) => bytes >= MIB, { error: 'expected at least 1MiB' }).describe('Bytes that a process may have in that folder while the database is away. From three quarters on, no further refusals are written there; what was done is in any case. Default: 64MiB.'),
  retention: durationOrOff().prefault('365d').refine((time) => time === 0 || time >= HOUR, { error: 'expected at least 1h' }).describe('How long entries are kept, or `off` to keep them all. What is older is deleted once an hour, from the start of the chain, and the chain notes where it begins since. Default: 365d.'),
  events: z.strictObject({
    include: listOf(pattern()).default(['*']).describe('Actions that are recorded; `*` stands for anything, as in `login*` or `account.*`. Default: all.'),
    exclude: listOf(pattern()).default([]).describe('Actions that are not, though they are included. What the trail says of itself (`audit.*`) is recorded in any case. Default: none.'),
  }).prefault({}).describe('Which actions are recorded.'),
  refusals: z.strictObject({
    statuses: statuses().default([401, 403]).describe('Statuses of the gateway’s own refusals that are recorded as `access`. Default: [401, 403]. Danger: with 429 somebody who asks too often is written down as often as the rest of this section lets him.'),
    every: duration().prefault('1m').refine((time) => time >= 1_000 && time <= HOUR, { error: 'expected 1s to 1h' }).describe('How long refusals that are the same in all but their request are put together: the first is recorded at once, the others as one entry with their number. What nobody known does is treated alike, whatever comes of it. Default: 1m.'),
    perHour: z.int().min(10).max(1_000_000).default(1_000).describe('How many an hour, in each process, are recorded one by one. Of those beyond only the number is, by action and reason, so that nobody can fill the disk by being refused. Default: 1000.'),
  }).prefault({}).describe('What becomes of refusals, of which anybody can cause as many as he likes.'),
  log: onOff().default(false).describe('Whether each entry is a line of the log too, where that is collected elsewhere. Default: off.'),
});

export type AuditConfig = z.output<typeof auditSchema>;
