// A Nest guard, usable by its name in the file. This file is what a compiler makes of decorated TypeScript: Node takes
// the types out of `.ts` plugins, but leaves decorators alone, so decorated classes are compiled first (or, as here, the
// decorators are called as the functions they are).
import { ForbiddenException, Inject, Injectable } from '@nestjs/common';
import { defineGuard, Problem, problems } from 'passerelle/kernel';
import { z } from 'zod';

/** When the office is open: another provider, so that the guard has something to have injected. */
export class OfficeHours {
  constructor() {
    this.open = process.env.OFFICE !== 'closed';
  }
}
Injectable()(OfficeHours);

/** An ordinary Nest guard, as it may exist already in an application. */
export class OfficeHoursGuard {
  constructor(hours) {
    this.hours = hours;
  }

  canActivate(context) {
    const { headers } = context.switchToHttp().getRequest();
    if (headers['x-emergency'] === 'yes') return true;
    if (!this.hours.open) throw new ForbiddenException('The office is closed.');
    return true;
  }
}
Injectable()(OfficeHoursGuard);
Inject(OfficeHours)(OfficeHoursGuard, undefined, 0);

export const providers = [OfficeHours, OfficeHoursGuard];

/** The name for it. Upgrades pass guards too, so it gets the exchange's own header, not Fastify's request. */
export const officeHours = defineGuard({
  name: 'office-hours',
  schema: z.strictObject({}),
  create(_options, { resolve }) {
    const guard = resolve(OfficeHoursGuard);
    return {
      async admit(exchange) {
        const request = { method: exchange.method, url: exchange.path + exchange.query, headers: exchange.headers, user: exchange.principal };
        const http = { getRequest: () => request };
        const context = { switchToHttp: () => http, getType: () => 'http', getClass: () => OfficeHoursGuard, getHandler: () => guard.canActivate };
        try {
          if (await guard.canActivate(context)) return;
        } catch (error) {
          throw new Problem(problems.forbidden, error instanceof ForbiddenException ? error.message : 'Not now.', { cause: error });
        }
        throw new Problem(problems.forbidden, 'Not now.');
      },
    };
  },
});
