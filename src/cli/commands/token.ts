import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration, systemClock } from '#libs/kernel';
import { mintToken, type JwtOptions, type TokenSubject } from '../../auth/index.js';
import { loadConfig, type GatewayConfig } from '../../config/index.js';
import { EXIT, Failure, UsageError } from '../failure.js';
import type { Io } from '../io.js';
import { loadOptions, withConfig, type CommonOptions } from '../options.js';

interface TokenOptions extends CommonOptions {
  readonly authenticator?: string;
  readonly id: string;
  readonly email?: string;
  readonly role?: string;
  readonly permissions?: readonly string[];
  readonly scopes?: readonly string[];
  /** Milliseconds. */
  readonly ttl: number;
  readonly claim?: Readonly<Record<string, unknown>>;
  readonly key?: string;
}

const HOUR = 3_600_000;

export function tokenCommand(program: Command, io: Io, done: (code: number) => void): void {
  withConfig(program.command('token').description('sign a token for development that the gateway will accept'))
    .option('--authenticator <name>', 'which one of the file is to accept it (default: the first that takes JWTs)')
    .option('--id <id>', 'the caller’s id', 'dev')
    .option('--email <address>', 'the caller’s e-mail address')
    .option('--role <role>', 'the caller’s role')
    .option('--permissions <list>', 'permissions, with commas between them', splitList)
    .option('--scopes <list>', 'scopes, with commas between them', splitList)
    .addOption(new Option('--ttl <duration>', 'how long it is good for, e.g. 30m').argParser(parseTtl).default(HOUR, '1h'))
    .option('--claim <name=value>', 'a further claim; the value may be JSON; may be repeated', collectClaim)
    .option('--key <file>', 'private key (PEM) of the issuer, where the file holds only public ones')
    .action(async (options: TokenOptions) => {
      const { config } = await loadConfig(loadOptions(options.config, io));
      const [name, authenticator] = authenticatorOf(config, options.authenticator);
      const token = await signed(name, authenticator, options);
      const expiresAt = new Date(systemClock.now() + options.ttl).toISOString();
      io.out(options.json ? JSON.stringify({ token, authenticator: name, expiresAt }, null, 2) : token);
      done(EXIT.good);
    });
}

function authenticatorOf(config: GatewayConfig, wanted: string | undefined): [string, JwtOptions] {
  const all = Object.entries(config.authenticate);
  const jwts = all.filter(([, { use }]) => use === 'jwt');
  const found = wanted === undefined ? jwts[0] : jwts.find(([name]) => name === wanted);
  // Checked against the very schema when the file was loaded.
  if (found) return [found[0], found[1] as unknown as JwtOptions];
  const names = jwts.map(([name]) => name).join(', ');
  if (wanted === undefined) throw new Failure('The file has no authenticator that takes JWTs (authenticate: { users: { use: jwt, ... } }).');
  const other = all.find(([name]) => name === wanted);
  throw new UsageError(other ? `The authenticator "${wanted}" takes no JWTs but is of kind ${other[1].use}.` : `There is no authenticator "${wanted}".${names === '' ? '' : ` Those that take JWTs: ${names}.`}`);
}

async function signed(name: string, authenticator: JwtOptions, { claim = {}, email, id, key, permissions, role, scopes, ttl }: TokenOptions): Promise<string> {
  const claims: TokenSubject = {
    id, extra: claim,
    ...(email !== undefined && { email }), ...(role !== undefined && { role }),
    ...(permissions && { permissions }), ...(scopes && { scopes }),
  };
  try {
    return await mintToken({ authenticator, claims, ttl, clock: systemClock, ...(key !== undefined && { privateKey: readFileSync(key, 'utf8') }) });
  } catch (error) {
    throw new Failure(`No token for the authenticator "${name}": ${(error as Error).message}.`, { cause: error });
  }
}

function splitList(text: string): string[] {
  return text.split(',').map((item) => item.trim()).filter((item) => item !== '');
}

function parseTtl(text: string): number {
  const ttl = parseDuration(text);
  if (ttl === undefined || ttl <= 0) throw new InvalidArgumentError('Expected a duration such as 30m, 1h or 7d.');
  return ttl;
}

function collectClaim(text: string, earlier: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Expected name=value.');
  return { ...earlier, [name]: jsonOrText(value) };
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
