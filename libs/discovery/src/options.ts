import { z } from 'zod';
import { parseDuration } from '#libs/kernel';

const DURATION = /^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|min|h|d)\s*)+$/;
const noDuration = 'expected a duration such as 500ms, 10s or 5m';

/** Milliseconds above 0, written with a unit. */
export const duration = () => z.string({ error: noDuration }).regex(DURATION, { error: noDuration }).meta({ title: 'duration' })
  .transform((text) => parseDuration(text) ?? 0).refine((ms) => ms > 0, { error: 'expected more than nothing' });
