import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Guard, Route } from '#libs/kernel';
import { exchangeIn } from './exchange-of.js';

/**
 * Step 2: which route? The front door has looked; a request it could not route stands before the unmatched route, whose
 * one guard refuses everybody (400, 404, 405, or 401 where the file hides what exists).
 */
@Injectable()
export class RouteGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const exchange = exchangeIn(context);
    if (exchange.refusal === null) return true;
    const [gatekeeper] = (exchange.route as Route).guards;
    const pending = (gatekeeper as Guard).admit(exchange);
    return pending === undefined ? false : pending.then(() => false);
  }
}
