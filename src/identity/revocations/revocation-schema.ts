import { z } from 'zod';
import type { Revocation } from '../../auth/revocations.js';

/** Letters that the subject of a revocation may have. */
const LONGEST = 1024;

const text = z.string().min(1).max(LONGEST);
const time = z.number().nonnegative();

/** A revocation as processes tell it one another. */
export const revocationSchema = z.strictObject({
  kind: z.enum(['token', 'session', 'owner']), subject: text, before: time, expiresAt: time, owner: text.exactOptional(),
});

const listSchema = z.array(revocationSchema);

/** @returns an empty list for what makes no sense: it may be of another build. */
export function readRevocations(json: string): readonly Revocation[] {
  try {
    return listSchema.parse(JSON.parse(json));
  } catch {
    return [];
  }
}

/** The same text for the same revocation. */
export function revocationText({ before, expiresAt, kind, owner, subject }: Revocation): string {
  return JSON.stringify({ kind, subject, before, expiresAt, ...(owner !== undefined && { owner }) } satisfies Revocation);
}
