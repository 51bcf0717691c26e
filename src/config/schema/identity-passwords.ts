import { z } from 'zod';
import { listOf, onOff, size } from './values.js';

const KIB = 1024;
const LEAST_MEMORY = 8 * 1024 * KIB;
const MOST_MEMORY = 1024 * 1024 * KIB;

const hash = z.strictObject({
  memory: size().refine((bytes) => bytes >= LEAST_MEMORY && bytes <= MOST_MEMORY, { error: 'expected 8MiB to 1GiB' }).prefault('19MiB').describe('Memory of one hashing; also what a thief needs for each guess. Default: 19MiB.'),
  passes: z.int().min(1).max(20).default(2).describe('How often it goes over that memory. Default: 2.'),
  parallelism: z.int().min(1).max(8).default(1).describe('Lanes of one hashing. Default: 1.'),
  atOnce: z.int().min(1).max(64).default(2).describe('Hashings at the same time, in each worker. They share their threads with files and DNS. Default: 2.'),
  waiting: z.int().min(0).max(10_000).default(100).describe('How many more may wait for their turn; beyond, 503 with Retry-After. Default: 100.'),
});

/** What passwords have to be, and how they are kept. */
export const passwordSchema = z.strictObject({
  minLength: z.int().min(6).max(64).default(10).describe('Fewest characters. Default: 10.'),
  maxLength: z.int().min(64).max(512).default(128).describe('Most characters. Default: 128.'),
  require: listOf(z.enum(['lower', 'upper', 'digit', 'symbol'])).default([]).describe('Kinds of characters that have to be in it. Default: none, for that makes passwords no better (NIST SP 800-63B).'),
  common: onOff().default(false).describe('Whether passwords that everybody tries first, and the login itself, are accepted. Default: off.'),
  hash: hash.prefault({}).describe('Argon2id. After a change, every password is hashed anew at its next login.'),
}).refine(({ maxLength, minLength }) => minLength <= maxLength, { path: ['minLength'], error: 'expected no more than `maxLength`' });

export type PasswordConfig = z.output<typeof passwordSchema>;
