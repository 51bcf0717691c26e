import { readFileSync } from 'node:fs';
import { defineGuard, defineInterceptor, Problem, problems } from 'passerelle/kernel';
import { z } from 'zod';

interface Tenant {
  readonly id: string;
  readonly plan: string;
}

/** Which tenants there are: a Nest provider, one for the whole gateway. Nest makes it, so it may have Nest's life cycle. */
export class TenantDirectory {
  readonly #tenants = new Map<string, Tenant>();

  constructor() {
    const file = new URL('tenants.json', import.meta.url);
    for (const tenant of JSON.parse(readFileSync(file, 'utf8')) as Tenant[]) this.#tenants.set(tenant.id, tenant);
  }

  find(id: string): Tenant | undefined {
    return this.#tenants.get(id);
  }
}

/** Every class here becomes a provider of the gateway's Nest application. */
export const providers = [TenantDirectory];

/** Refuses a caller who asks for another tenant than the one in the credential. */
export const tenant = defineGuard({
  name: 'tenant',
  schema: z.strictObject({
    header: z.string().min(1).default('X-Tenant-ID').describe('Request header that names the tenant. Default: X-Tenant-ID.'),
    claim: z.string().min(1).default('tenant').describe('Claim of the credential it must equal. Default: tenant.'),
    plans: z.array(z.string()).default([]).describe('Plans that are let through. Default: all.'),
  }),
  create({ header, claim, plans }, { resolve }) {
    const directory = resolve<TenantDirectory>(TenantDirectory);
    const name = header.toLowerCase();
    return {
      admit({ headers, principal }) {
        const asked = headers[name];
        if (typeof asked !== 'string') throw new Problem(problems.malformedRequest, `The header ${header} is missing.`);
        if (asked !== principal?.claims[claim]) throw new Problem(problems.forbidden, 'This is not your tenant.');
        const found = directory.find(asked);
        if (!found || (plans.length > 0 && !plans.includes(found.plan))) throw new Problem(problems.forbidden, 'Your plan does not include this.');
      },
    };
  },
});

/** Tells the service the tenant's plan, and the client how long the service took. */
export const tenantPlan = defineInterceptor({
  name: 'tenant-plan',
  schema: z.strictObject({
    decimals: z.int().min(0).max(3).default(1).describe('Digits after the point of the milliseconds. Default: 1.'),
  }),
  create({ decimals }, { clock, resolve }) {
    const directory = resolve<TenantDirectory>(TenantDirectory);
    return {
      async intercept(exchange, next) {
        const plan = directory.find(String(exchange.principal?.claims['tenant']))?.plan;
        if (plan !== undefined) exchange.outgoing?.headers.set('X-Tenant-Plan', plan);
        const startedAt = clock.elapsed();
        const answer = await next(exchange);
        answer.headers.append('Server-Timing', `service;dur=${(clock.elapsed() - startedAt).toFixed(decimals)}`);
        return answer;
      },
    };
  },
});
