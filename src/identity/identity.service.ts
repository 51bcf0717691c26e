import { Injectable } from '@nestjs/common';
import { Problem, problems, type Exchange } from '#libs/kernel';
import { compileUnauthenticated } from '../auth/identify.js';
import type { Caller, SignedIn } from './contracts.js';
import type { Identity } from './identity.js';
import { IdentityDirectory } from './identity-directory.js';

/** What the endpoints of identity ask: the parts in force, and who is calling. */
@Injectable()
export class IdentityService {
  constructor(private readonly directory: IdentityDirectory) {}

  /** @throws Problem route-not-found where the file has no `identity`. */
  get current(): Identity {
    const { current } = this.directory;
    if (current === null) throw new Problem(problems.routeNotFound, 'This gateway keeps no accounts: its file has no `identity`.');
    return current;
  }

  /** @throws Problem by rejection, 401, unless a good access token of a session came along. */
  async signedIn(exchange: Exchange): Promise<SignedIn> {
    const { authenticator } = this.current.tokens;
    const principal = await authenticator.authenticate(exchange);
    if (principal === null) throw compileUnauthenticated([['identity', authenticator]])(exchange);
    exchange.principal = principal;
    const { sid, sub } = principal.claims;
    if (typeof sid !== 'string' || typeof sub !== 'string') throw new Problem(problems.invalidCredential, 'The token belongs to no session.');
    return { principal, account: sub, session: sid };
  }
}

/** Whoever sent a request. */
export function callerOf({ client, headers, id }: Exchange): Caller {
  return { client, agent: headers['user-agent'] ?? null, requestId: id };
}
