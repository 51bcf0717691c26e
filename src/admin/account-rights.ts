import { Injectable } from '@nestjs/common';
import { Problem, problems, type Exchange } from '#libs/kernel';
import { rolesOf } from '../auth/roles.js';
import { ConfigStore } from '../config/index.js';
import type { Account } from '../identity/contracts.js';
import { excess } from './key-rights.js';

interface Rights {
  readonly roles?: readonly string[] | undefined;
  readonly permissions?: readonly string[] | undefined;
}

/** What administrators may do to accounts: nobody gives what they do not have, or lays a hand on who has more. */
@Injectable()
export class AccountRights {
  constructor(private readonly store: ConfigStore) {}

  /** @throws Problem forbidden where the account could do what the caller cannot. */
  permitGiving(exchange: Exchange, wanted: Rights): void {
    const said = this.#beyond(exchange, wanted);
    if (said !== null) throw new Problem(problems.forbidden, `You do not have ${said}, so you cannot give it. The superuser (\`roles.superuser\`), or somebody whose roles imply it (\`roles.implies\`), can.`);
  }

  /** @throws Problem forbidden where the account can do what the caller cannot, or is the caller's own: one administrator stays. */
  permitTouching(exchange: Exchange, account: Account): void {
    if (exchange.principal?.id === account.id) throw new Problem(problems.forbidden, 'This is your own account; another administrator can change it.');
    const said = this.#beyond(exchange, account);
    if (said !== null) throw new Problem(problems.forbidden, `This account has ${said}, which you do not have. The superuser, or somebody who has that, can change it.`);
  }

  /** What of it the caller does not have, in words. What everybody can register with is nothing to be careful with. */
  #beyond({ principal }: Exchange, { permissions = [], roles = [] }: Rights): string | null {
    const { identity, roles: config } = this.store.current.config;
    const { role, roles: free = [] } = identity?.register ?? {};
    const careful = roles.filter((each) => each !== role && !free.includes(each));
    const missing = excess({ roles: careful, permissions, scopes: [] }, principal && rolesOf(config).standing(principal));
    const parts = [...missing.roles.map((each) => `the role ${each}`), ...missing.permissions.map((each) => `the permission ${each}`)];
    return parts.length === 0 ? null : parts.join(' and ');
  }
}
