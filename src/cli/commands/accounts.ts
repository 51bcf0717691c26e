import { Argument, type Command } from 'commander';
import { loadConfig, type GatewayConfig } from '../../config/index.js';
import { viewAccount, type AccountView } from '../../identity/accounts/account-view.js';
import { knownRoles, openAccounts, passwordFor, type OpenAccounts } from '../accounts.js';
import { EXIT, UsageError } from '../failure.js';
import type { Io } from '../io.js';
import { loadOptions, withConfig, type CommonOptions } from '../options.js';
import { alignedLines } from '../text.js';

interface AccountsOptions extends CommonOptions {
  readonly login?: string;
  readonly role?: string;
  readonly name?: string;
  readonly passwordStdin?: boolean;
  readonly active?: boolean;
  readonly inactive?: boolean;
}

/** What a command line asks for, read and found to make sense; it does not touch the database before that. */
type Action = (asked: { readonly login: string | undefined; readonly options: AccountsOptions; readonly config: GatewayConfig; readonly io: Io }) => Promise<(open: OpenAccounts) => Promise<void>>;

const HELP = `
It works on the database that the file names, whether a gateway runs or not, so that there can be a first administrator.
Whoever may read the file may do it. Gateways that run hear of it within database.sync.

A password is asked for, and typed twice without being shown; with --password-stdin it is read from the standard input.
It is never an argument, which other users of the machine could read. An address that is made so counts as verified.

Examples:
  passerelle accounts create ada@example.org --role admin
  pass show ada | passerelle accounts create --login ada@example.org --role admin --password-stdin
  passerelle accounts set ada@example.org --role teacher --inactive
  passerelle accounts list --role admin --json`;

export function accountsCommand(program: Command, io: Io, done: (code: number) => void): void {
  const command = program.command('accounts').description('make, list and change accounts, the first administrator among them')
    .addArgument(new Argument('<action>', 'what to do').choices(Object.keys(actions)))
    .argument('[login]', 'create, set: what it signs in with; set: or its id');
  withConfig(command)
    .option('-l, --login <login>', 'the same as the argument')
    .option('-r, --role <names>', 'create, set: its roles, with commas between them; list: only those with this role')
    .option('-n, --name <name>', 'create: what people call it')
    .option('--password-stdin', 'create: read the password from the standard input')
    .option('--active', 'set: open it again; list: only those that are open')
    .option('--inactive', 'set: close it, which ends all its sessions; list: only those that are closed')
    .addHelpText('after', HELP)
    .action(async (action: string, argument: string | undefined, options: AccountsOptions) => {
      const { config } = await loadConfig(loadOptions(options.config, io));
      const work = await (actions[action] as Action)({ login: argument ?? options.login, options, config, io });
      await openAccounts(config, work);
      done(EXIT.good);
    });
}

const actions: Readonly<Record<string, Action>> = {
  create: async ({ config, io, login, options }) => {
    const draft = { login: needed(login, 'create'), name: options.name, roles: knownRoles(options.role, config) ?? [] };
    const password = await passwordFor(options.passwordStdin === true, io);
    return async (open) => tell('Made', viewAccount(await open.create({ ...draft, password })), options, io);
  },
  list: ({ io, options }) => {
    const wanted = { role: options.role, active: activeIn(options) };
    return Promise.resolve(async (open) => {
      const accounts = (await open.list(wanted)).map(viewAccount);
      io.out(options.json ? JSON.stringify({ accounts }, null, 2) : table(accounts));
    });
  },
  set: ({ config, io, login, options }) => {
    const whose = needed(login, 'set');
    const changes = { roles: knownRoles(options.role, config), active: activeIn(options) };
    if (changes.roles === undefined && changes.active === undefined) throw new UsageError('Say what is to change: --role, --active or --inactive.');
    return Promise.resolve(async (open) => tell('Changed', viewAccount(await open.change(whose, changes)), options, io));
  },
};

function needed(login: string | undefined, action: string): string {
  if (login !== undefined && login !== '') return login;
  throw new UsageError(`Say whose account: passerelle accounts ${action} ada@example.org.`);
}

function activeIn({ active = false, inactive = false }: AccountsOptions): boolean | undefined {
  if (active && inactive) throw new UsageError('--active and --inactive exclude each other.');
  return active || inactive ? active : undefined;
}

function tell(done: string, account: AccountView, { json }: AccountsOptions, io: Io): void {
  const { id, login } = account;
  io.out(json ? JSON.stringify(account, null, 2) : `${done}: ${login}, id ${id}, ${rolesOf(account)}, ${statusOf(account)}.`);
}

function table(accounts: readonly AccountView[]): string {
  if (accounts.length === 0) return 'There are no such accounts.';
  const rows = accounts.map((account) => [account.id, account.login, account.name ?? '-', statusOf(account), account.createdAt, rolesOf(account)]);
  return alignedLines([['ID', 'LOGIN', 'NAME', 'STATUS', 'CREATED', 'ROLES'], ...rows]).join('\n');
}

function rolesOf({ roles }: AccountView): string {
  return roles.join(', ') || 'no roles';
}

function statusOf({ active }: AccountView): string {
  return active ? 'active' : 'closed';
}
