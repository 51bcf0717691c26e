import { createHash, createHmac, randomBytes } from 'node:crypto';

/** What all of them begin with, so that scanners for leaked secrets find them. */
const PREFIX = 'prt_';
const BYTES = 32;
const SHAPE = /^prt_[\w-]{43}$/;

/** Whether a text is one of ours by its form. */
export function isRefreshToken(text: string): boolean {
  return SHAPE.test(text);
}

/** A new one: 256 random bits. */
export function randomToken(): string {
  return PREFIX + randomBytes(BYTES).toString('base64url');
}

/** What a successor is made from besides the token before it: 256 random bits. */
export function randomSeed(): string {
  return randomBytes(BYTES).toString('base64url');
}

/**
 * The one that takes the place of `token`. It takes both to make it: who has the token alone cannot, nor who reads the
 * database, where only the seed and hashes stand. So the same answer can be given twice without being kept anywhere.
 */
export function successorOf(token: string, seed: string): string {
  return PREFIX + createHmac('sha256', token).update(seed).digest('base64url');
}

/**
 * What the database knows of a token: its SHA-256. 256 bits cannot be guessed, so it needs neither salt nor time.
 * @returns `null` for a text that is none of ours.
 */
export function hashOf(token: string): string | null {
  return isRefreshToken(token) ? createHash('sha256').update(token).digest('base64url') : null;
}
