import { defineBalancer, type Target } from 'passerelle/kernel';
import { z } from 'zod';

/** Prefers the target in the zone that is called like the caller's campus; else the one with the fewest requests. */
export const ownCampus = defineBalancer({
  name: 'own-campus',
  schema: z.strictObject({}),
  create: () => ({
    pick(candidates, { principal }): Target {
      const campus = principal?.claims['campus'];
      const near = candidates.filter(({ zone }) => zone === campus);
      return (near.length > 0 ? near : candidates).reduce((least, each) => (each.inFlight < least.inFlight ? each : least));
    },
  }),
});
