import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Problem, problems, systemClock } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import { nearestName } from '../config/nearest-name.js';
import type { AccountDesk } from '../identity/account-desk.js';
import type { Actor } from '../identity/accounts/index.js';
import type { Account } from '../identity/contracts.js';
import { Failure, UsageError } from './failure.js';
import { FileDatabase, inWords } from './file-database.js';
import type { Io } from './io.js';

const PAGE = 200;
/** Characters; the file may ask for less. */
const LONGEST_PASSWORD = 512;

interface Draft {
  readonly login: string;
  readonly name: string | undefined;
  readonly password: string;
  readonly roles: readonly string[];
}

/** The accounts of the database that the file names. Everything rejects with Problem where something is wrong. */
export class OpenAccounts {
  readonly #by: Actor = { actor: 'command-line', caller: { client: 'command-line', agent: null, requestId: randomUUID() } };

  constructor(private readonly desk: AccountDesk) {}

  create({ login, name, password, roles }: Draft): Promise<Account> {
    const named = login.includes('@') ? { email: login } : { username: login };
    return this.desk.administration.create({ ...named, name, password, roles, permissions: [], active: true, verified: true, attributes: {} }, this.#by);
  }

  async list(wanted: { readonly role: string | undefined; readonly active: boolean | undefined }): Promise<readonly Account[]> {
    const all: Account[] = [];
    for (let after: string | undefined, more = true; more;) {
      const { accounts, next } = await this.desk.store.list({ ...wanted, after, limit: PAGE });
      all.push(...accounts);
      after = next ?? undefined;
      more = next !== null;
    }
    return all;
  }

  /** @param whose its login, or its id. */
  async change(whose: string, { active, roles }: { readonly active: boolean | undefined; readonly roles: readonly string[] | undefined }): Promise<Account> {
    const { administration, store } = this.desk;
    const found = await store.findByLogin(whose) ?? await store.find(whose);
    if (found === null) throw new Problem(problems.unknownAccount, `There is no account ${whose}.`);
    // Closing comes first: it takes more away than the rest could give.
    const switched = active === undefined ? found : await administration.setActive(found.id, active, this.#by);
    return roles === undefined ? switched : administration.setRoles(found.id, roles, this.#by);
  }
}

/** @throws Failure by rejection, in words, when the database cannot be asked, and when something cannot be done. */
export async function openAccounts(config: GatewayConfig, work: (open: OpenAccounts) => Promise<void>): Promise<void> {
  const { identity } = config;
  if (identity === undefined) throw new Failure(`${config.file} has no \`identity\`, so there are no accounts.`);
  // Loaded only now: other commands do without it.
  const { openAccountDesk } = await import('../identity/account-desk.js');
  const file = await FileDatabase.open(config);
  try {
    const { changes, database } = file;
    await inWords(() => work(new OpenAccounts(openAccountDesk({ config: identity, database, changes, clock: systemClock, folder: path.dirname(config.file) }))));
  } finally {
    await file.close();
  }
}

/** @throws UsageError for a role that the file does not know, where it says which there are. */
export function knownRoles(text: string | undefined, { roles: { alias, known } }: Pick<GatewayConfig, 'roles'>): readonly string[] | undefined {
  const roles = text?.split(',').map((role) => role.trim()).filter((role) => role !== '');
  const unknown = known === undefined ? undefined : roles?.find((role) => !known.includes(role) && !Object.hasOwn(alias, role));
  if (unknown === undefined || known === undefined) return roles;
  const nearest = nearestName(unknown, known);
  throw new UsageError(`The file knows no role "${unknown}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`} It knows ${known.join(', ')}.`);
}

/** @throws UsageError by rejection when there is none. */
export async function passwordFor(fromInput: boolean, { ask, read }: Pick<Io, 'ask' | 'read'>): Promise<string> {
  const password = fromInput ? (await read()).replace(/\r?\n$/, '') : await typed(ask);
  if (password === '') throw new UsageError(fromInput ? 'The standard input has no password.' : 'Nothing was typed.');
  if (password.length > LONGEST_PASSWORD || /[\r\n]/.test(password)) throw new UsageError('A password is one line, of 512 characters at most.');
  return password;
}

async function typed(ask: Io['ask']): Promise<string> {
  if (ask === null) throw new UsageError('Nobody can be asked for the password here: --password-stdin reads it from the standard input.');
  const password = await ask('Password: ');
  if (await ask('Once more: ') !== password) throw new UsageError('These were not the same.');
  return password;
}
