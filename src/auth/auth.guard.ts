import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { exchangeIn } from '../http/exchange-of.js';
import { admitAll } from './admit.js';

/** Step 3: who is calling, and may they? A thin shell around the guards that were compiled with the route. */
@Injectable()
export class AuthGuard implements CanActivate {
  /** Answers without a promise when the guards did, as they do for a remembered token. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const pending = admitAll(exchangeIn(context));
    return pending === undefined ? true : pending.then(() => true);
  }
}
