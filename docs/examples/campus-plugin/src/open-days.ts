import { defineGuard, Problem, problems } from 'passerelle/kernel';
import { z } from 'zod';
import { ClosingDays } from './closing-days.js';

/** Refuses who comes on a day on which their campus is closed. */
export const openDays = defineGuard({
  name: 'open-days',
  schema: z.strictObject({
    except: z.array(z.string()).default([]).describe('Roles that may come all the same. Default: none.'),
  }),
  create({ except }, { clock, resolve }) {
    const days = resolve<ClosingDays>(ClosingDays);
    return {
      admit({ principal }) {
        if (principal === null || principal.roles.some((role) => except.includes(role))) return;
        const campus = String(principal.claims['campus']);
        if (days.isClosed(campus, clock.now())) throw new Problem(problems.forbidden, `The campus ${campus} is closed today.`);
      },
    };
  },
});
