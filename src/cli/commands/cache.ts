import { Argument, type Command } from 'commander';
import { EXIT, Failure, UsageError } from '../failure.js';
import type { Io } from '../io.js';
import { counted } from '../text.js';

interface CacheOptions {
  readonly admin?: string;
  readonly key?: string;
  readonly prefix?: string;
  readonly tag?: string;
  readonly token?: string;
  readonly json?: boolean;
}

interface Purged {
  readonly memory: number;
  readonly redis: number | null;
}

/** Milliseconds that a gateway may take; a prefix in a large Redis takes its time. */
const PATIENCE = 60_000;

const HELP = `
The gateway is asked over its \`admin\` endpoint, and has to know whoever asks. Without --token, the token is that of the
environment variable PASSERELLE_TOKEN. For a gateway of several instances without Redis, ask each of them.

Examples:
  passerelle cache purge --admin https://example.org/admin --tag news
  passerelle cache purge --admin https://example.org/admin --prefix https://example.org/api/v1/`;

export function cacheCommand(program: Command, io: Io, done: (code: number) => void): void {
  program.command('cache').description('take answers out of the cache of a gateway that runs')
    .addArgument(new Argument('<action>', 'purge: by key, prefix or tag').choices(['purge']))
    .option('--admin <url>', 'where its admin endpoint is, e.g. https://example.org/admin')
    .option('-t, --tag <tags>', 'answers with this tag, or with one of several, with commas between them')
    .option('-p, --prefix <prefix>', 'answers whose URL begins so; /a/ stands for every host')
    .option('-k, --key <url>', 'answers for this URL')
    .option('--token <token>', 'token of a caller who may (default: $PASSERELLE_TOKEN)')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (_action: string, options: CacheOptions) => {
      const { memory, redis } = await purge(addressOf(options), options.token ?? io.env['PASSERELLE_TOKEN']);
      io.out(options.json ? JSON.stringify({ memory, redis }, null, 2) : `Purged: ${counted(memory, 'record')} in memory${redis === null ? '' : `, ${counted(redis, 'record')} in Redis`}.`);
      done(EXIT.good);
    });
}

function addressOf({ admin, ...options }: CacheOptions): URL {
  const address = admin === undefined ? null : URL.parse(`${admin.replace(/\/+$/, '')}/cache/purge`);
  if (address === null || !/^https?:$/.test(address.protocol)) throw new UsageError('Say where the admin endpoint is: --admin https://example.org/admin.');
  const given = (['key', 'prefix', 'tag'] as const).filter((name) => options[name] !== undefined);
  const [by] = given;
  if (by === undefined || given.length > 1) throw new UsageError('Say what to purge: one of --tag, --prefix and --key.');
  address.search = new URLSearchParams({ [by]: options[by] as string }).toString();
  return address;
}

async function purge(address: URL, token: string | undefined): Promise<Purged> {
  // Loaded only now: other commands do without it.
  const { default: axios } = await import('axios');
  // There is no body, and so no type of one.
  const headers = { 'content-type': false, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const answer = await axios.post<unknown>(address.href, null, { headers, timeout: PATIENCE, maxRedirects: 0, validateStatus: () => true }).catch((error: unknown) => {
    throw new Failure(`${address.origin} cannot be reached: ${(error as Error).message}.`, { cause: error });
  });
  if (answer.status === 200 && isPurged(answer.data)) return answer.data;
  throw new Failure(refusal(address, answer.status, answer.data));
}

function isPurged(data: unknown): data is Purged {
  return typeof data === 'object' && data !== null && 'memory' in data && typeof data.memory === 'number' && 'redis' in data && (data.redis === null || typeof data.redis === 'number');
}

function refusal({ origin, pathname }: URL, status: number, data: unknown): string {
  const said = typeof data === 'object' && data !== null && 'detail' in data ? `: ${String(data.detail)}` : '';
  switch (status) {
    case 200: return `${origin}${pathname} answers, but is no admin endpoint of a gateway.`;
    case 401: return `${origin} wants to know who asks (401)${said}. Give a token: --token, or PASSERELLE_TOKEN.`;
    case 403: return `${origin} does not let the holder of this token (403)${said}.`;
    case 404: return `${origin}${pathname} is not there (404): is the admin endpoint mounted elsewhere?`;
    default: return `${origin} says ${status}${said}.`;
  }
}
