import { z } from 'zod';
import type { Revocation } from '../../auth/revocations.js';
import type { Topic } from '../../cluster/index.js';
import { revocationSchema } from './revocation-schema.js';

/** What was revoked by one worker, for the others. */
export const revokeTopic: Topic<Revocation[], null> = { name: 'revocations.revoke', question: z.array(revocationSchema), answer: z.null(), limit: 1_000 };

/** All that is in force, for a worker that starts. */
export const knownTopic: Topic<null, Revocation[]> = { name: 'revocations.known', question: z.null(), answer: z.array(revocationSchema), limit: 1_000 };
