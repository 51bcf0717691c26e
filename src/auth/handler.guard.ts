import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { Problem, problems } from '#libs/kernel';
import { exchangeIn } from '../http/exchange-of.js';
import { admitAll, admitUnder } from './admit.js';
import { demandOf } from './decorators.js';

/** Step 3 before a controller of a plugin: what the file asks, and what its decorators ask besides. */
@Injectable()
export class HandlerGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const exchange = exchangeIn(context);
    if (!isMounted(context.getClass(), exchange.route?.endpoint ?? null)) throw new Problem(problems.routeNotFound, 'There is nothing here');
    const demand = demandOf(context.getClass(), context.getHandler());
    const pending = demand === null ? admitAll(exchange) : admitUnder(exchange, demand);
    return pending === undefined ? true : pending.then(() => true);
  }
}

const KIND = 'plugin/';

/**
 * Whether an endpoint that is for one controller has found that one: another's path may lie below, which the file has
 * mounted elsewhere, or nowhere, and asks other things of.
 * @param endpoint `plugin`, or `plugin/` and the path of the one controller.
 */
function isMounted(controller: object, endpoint: string | null): boolean {
  if (endpoint === null || !endpoint.startsWith(KIND)) return true;
  const own = [Reflect.getMetadata(PATH_METADATA, controller) as string | readonly string[]].flat();
  return own.some((path) => path.replaceAll(/^\/+|\/+$/g, '') === endpoint.slice(KIND.length));
}
