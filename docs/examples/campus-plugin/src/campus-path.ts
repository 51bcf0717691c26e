import { defineTransform } from 'passerelle/kernel';
import { z } from 'zod';

/** Asks the service below the path of the caller's campus, and says in the answer which one it was. */
export const campusPath = defineTransform({
  name: 'campus-path',
  schema: z.strictObject({
    below: z.string().startsWith('/').default('/campuses').describe('Where the service has its campuses. Default: /campuses.'),
  }),
  create: ({ below }) => ({
    request({ outgoing, principal }) {
      if (outgoing !== null && principal !== null) outgoing.path = `${below}/${encodeURIComponent(String(principal.claims['campus']))}${outgoing.path}`;
    },
    response({ principal }, { headers }) {
      if (principal !== null) headers.set('X-Campus', String(principal.claims['campus']));
    },
  }),
});
