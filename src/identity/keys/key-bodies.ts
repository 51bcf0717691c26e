import { z } from 'zod';
import { parseDuration } from '#libs/kernel';
import { ownLimitsSchema } from '../../config/index.js';
import type { KeyChanges, KeyDraft } from './api-key.js';

/** Milliseconds: beyond a hundred years somebody means never. */
const LONGEST = 36_525 * 86_400_000;

const duration = (least: number) => z.string().transform((text, context) => {
  const time = parseDuration(text);
  if (time !== undefined && time >= least && time <= LONGEST) return time;
  context.addIssue({ code: 'custom', message: 'expected a duration such as 12h or 90d' });
  return z.NEVER;
});

const name = z.string().trim().min(1).max(200);
const list = z.array(z.string().min(1).max(200)).max(100);
const fields = { roles: list, permissions: list, scopes: list, limits: ownLimitsSchema };

/** What a key that is to be made is said to be. */
export const createBody = z.strictObject({
  name, owner: z.string().min(1).max(200).nullable().default(null),
  roles: list.default([]), permissions: list.default([]), scopes: list.default([]), limits: ownLimitsSchema.default([]),
  expiresIn: duration(1).nullable().default(null),
});

/** What is to become of a key. */
export const changeBody = z.strictObject({
  name: name.optional(), roles: fields.roles.optional(), permissions: fields.permissions.optional(), scopes: fields.scopes.optional(),
  limits: ownLimitsSchema.optional(), expiresIn: duration(1).nullable().optional(),
});

/** How a key gets another text. */
export const rotateBody = z.strictObject({ overlap: duration(0).optional() });

/** @param now milliseconds since the epoch. */
export function draftOf({ expiresIn, ...said }: z.output<typeof createBody>, now: number): KeyDraft {
  return { ...said, expiresAt: expiresIn === null ? null : now + expiresIn };
}

/** @param now milliseconds since the epoch. */
export function changesOf({ expiresIn, ...said }: z.output<typeof changeBody>, now: number): KeyChanges {
  return { ...said, ...(expiresIn !== undefined && { expiresAt: expiresIn === null ? null : now + expiresIn }) };
}
