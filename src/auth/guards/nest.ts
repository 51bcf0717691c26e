import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { isObservable, lastValueFrom } from 'rxjs';
import { z } from 'zod';
import { defineGuard, Problem, problems, type Exchange } from '#libs/kernel';
import { fromHttpException, isHttpException } from '../../http/nest-exception.js';
import { guardContext } from './guard-context.js';

/** Asks a Nest guard that a plugin provides, on routes and WebSocket upgrades alike. */
export const nest = defineGuard({
  name: 'nest',
  schema: z.strictObject({
    guard: z.string().min(1).describe('Class name or token of a provider with a `canActivate`, from `providers` of a plugin.'),
  }),
  create({ guard: name }, { resolve }) {
    const modules = resolve<ModulesContainer>(ModulesContainer);
    // Where no gateway runs (`check`, `explain`, `test`) nothing is provided, which matters only to who is asked.
    const guard = modules instanceof ModulesContainer ? guardNamed(name, modules) : null;
    return Object.freeze({
      async admit(exchange: Exchange): Promise<void> {
        if (!(await verdict(guard ?? guardNamed(name, modules), guardContext(exchange)))) throw new Problem(problems.forbidden, `The guard ${name} says no.`);
      },
    });
  },
});

async function verdict(guard: CanActivate, context: ExecutionContext): Promise<boolean> {
  try {
    const said = guard.canActivate(context);
    return await (isObservable(said) ? lastValueFrom(said) : said);
  } catch (error) {
    throw isHttpException(error) ? fromHttpException(error) : error;
  }
}

/** A provider of any module, by the name it is known under there. */
function guardNamed(name: string, modules: ModulesContainer): CanActivate {
  const found = [...modules.values()].flatMap(({ providers }) => [...providers.values()]).find((provider) => provider.name === name || String(provider.token) === name);
  const instance = found?.instance as Partial<CanActivate> | undefined;
  if (typeof instance?.canActivate === 'function') return instance as CanActivate;
  throw new Error(`guards: ${found ? `the provider "${name}" has no canActivate` : `no plugin provides a guard "${name}"`}`);
}
