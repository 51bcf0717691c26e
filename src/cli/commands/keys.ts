import { Argument, type Command } from 'commander';
import { needsKeys } from '../../auth/api-key/options.js';
import { loadConfig } from '../../config/index.js';
import type { KeyView } from '../../identity/keys/index.js';
import { EXIT, UsageError } from '../failure.js';
import type { Io } from '../io.js';
import { AdminDesk } from '../keys/admin-desk.js';
import { DatabaseDesk } from '../keys/database-desk.js';
import type { KeyDesk, KeyOrder, MadeKey } from '../keys/desk.js';
import { loadOptions, withConfig, type CommonOptions } from '../options.js';
import { alignedLines } from '../text.js';

interface KeysOptions extends CommonOptions {
  readonly admin?: string;
  readonly token?: string;
  readonly name?: string;
  readonly owner?: string;
  readonly roles?: string;
  readonly permissions?: string;
  readonly scopes?: string;
  readonly limit?: readonly string[];
  readonly expiresIn?: string;
  readonly overlap?: string;
}

type Action = (desk: KeyDesk, id: string | undefined, options: KeysOptions, io: Io) => Promise<void>;

const HELP = `
Without --admin it works on the database that the file names, whether a gateway runs or not, so that there can be a first
key. Whoever may read the file may do it. With --admin a gateway that runs is asked, and has to know whoever asks; without
--token, the token is that of the environment variable PASSERELLE_TOKEN.

A key is told once, alone on the standard output; nothing keeps it.

Examples:
  passerelle keys create --name billing --scopes invoices:read --limit 600/min --expires-in 90d > billing.key
  passerelle keys rotate 4kT9mQ2xLw7B --overlap 1h --admin https://example.org/admin
  passerelle keys list --json`;

export function keysCommand(program: Command, io: Io, done: (code: number) => void): void {
  const command = program.command('keys').description('make, list, rotate and revoke API keys')
    .addArgument(new Argument('<action>', 'what to do').choices(Object.keys(actions)))
    .argument('[id]', 'id of the key to rotate or revoke');
  withConfig(command)
    .option('-n, --name <name>', 'create: what people call it')
    .option('-o, --owner <id>', 'create: who calls with it, as the id of the caller; list: only those keys')
    .option('-r, --roles <names>', 'create: roles, with commas between them')
    .option('-p, --permissions <names>', 'create: permissions, with commas between them')
    .option('-s, --scopes <names>', 'create: scopes, with commas between them')
    .option('-l, --limit <rate>', 'create: a limit of its own, such as 600/min or quota:20000/month; more than once for several', gather, [])
    .option('-e, --expires-in <time>', 'create: how long it is good, such as 90d (default: for ever)')
    .option('--overlap <time>', 'rotate: how long the former text goes on, such as 1h (default: apiKeys.overlap)')
    .option('--admin <url>', 'ask the admin endpoint of a gateway, e.g. https://example.org/admin')
    .option('--token <token>', 'with --admin: token of a caller who may (default: $PASSERELLE_TOKEN)')
    .addHelpText('after', HELP)
    .action(async (action: string, id: string | undefined, options: KeysOptions) => {
      const desk = await deskOf(options, io);
      try {
        await (actions[action] as Action)(desk, id, options, io);
      } finally {
        await desk.close();
      }
      done(EXIT.good);
    });
}

const actions: Readonly<Record<string, Action>> = {
  create: async (desk, _id, options, io) => tell(await desk.create(orderOf(options)), 'Made', options, io),
  list: async (desk, _id, { json, owner }, io) => {
    const keys = await desk.list(owner);
    io.out(json ? JSON.stringify({ keys }, null, 2) : table(keys));
  },
  rotate: async (desk, id, options, io) => tell(await desk.rotate(needed(id, 'rotate'), options.overlap), 'Rotated', options, io),
  revoke: async (desk, id, { json }, io) => {
    const revoked = needed(id, 'revoke');
    await desk.revoke(revoked);
    io.out(json ? JSON.stringify({ revoked }, null, 2) : `Revoked: ${revoked}.`);
  },
};

async function deskOf({ admin, config: file, token }: KeysOptions, io: Io): Promise<KeyDesk> {
  if (admin !== undefined) return new AdminDesk(admin, token ?? io.env['PASSERELLE_TOKEN']);
  const { config } = await loadConfig(loadOptions(file, io));
  if (!needsKeys(config.authenticate)) io.err(io.paint('yellow', 'No authenticator of the file goes by these keys: it needs one like `keys: { use: api-key }`.'));
  return DatabaseDesk.open(config);
}

function orderOf({ expiresIn, limit = [], name, owner, permissions, roles, scopes }: KeysOptions): KeyOrder {
  if (name === undefined) throw new UsageError('Say what the key is called: --name billing.');
  return {
    name, ...(owner !== undefined && { owner }), roles: listed(roles), permissions: listed(permissions), scopes: listed(scopes),
    limits: limit.map(limitIn), ...(expiresIn !== undefined && { expiresIn }),
  };
}

function listed(text = ''): readonly string[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
}

function limitIn(text: string): KeyOrder['limits'][number] {
  const [, use, rate] = /^([a-z-]+):(.+)$/.exec(text) ?? [];
  return use === undefined || rate === undefined ? text : { use, rate };
}

function gather(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function needed(id: string | undefined, action: string): string {
  if (id !== undefined) return id;
  throw new UsageError(`Say which key: passerelle keys ${action} <id>. "passerelle keys list" tells the ids.`);
}

/** The text alone on one stream, all about it on the other. */
function tell(made: MadeKey, done: string, { json }: KeysOptions, io: Io): void {
  if (json) return io.out(JSON.stringify(made, null, 2));
  const { expiresAt, formerUntil, id, key, name } = made;
  io.err(`${done}: ${name}, id ${id}, ${expiresAt === null ? 'good for ever' : `good until ${expiresAt}`}.${formerUntil === null ? '' : ` The former text goes on until ${formerUntil}.`} This is told once:`);
  io.out(key);
}

function table(keys: readonly KeyView[]): string {
  if (keys.length === 0) return 'There are no keys.';
  const rows = keys.map(({ id, lastUsedAt, name, owner, permissions, roles, scopes, status }) => [
    id, name, owner ?? '-', status, lastUsedAt ?? 'never used', [...roles, ...permissions, ...scopes].join(', ') || 'no rights',
  ]);
  return alignedLines([['ID', 'NAME', 'OWNER', 'STATUS', 'LAST USE', 'MAY'], ...rows]).join('\n');
}
