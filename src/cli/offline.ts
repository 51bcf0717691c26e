import { systemClock, type Surroundings } from '#libs/kernel';
import { ApiKeys, NoKeys } from '../auth/api-keys.js';
import { LocalTokens, NoTokens } from '../auth/local-tokens.js';
import { NoRevocations, Revocations } from '../auth/revocations.js';
import { loadConfig, type LoadedConfig, type LoadOptions } from '../config/index.js';
import { DryRun } from '../proxy/dry-run.js';
import { Failure } from './failure.js';

/** Extensions that ask for a provider get this: it exists in a gateway that runs, and nothing runs here. */
const absent = new Proxy({}, {
  get: (_target, name) => {
    throw new Error(`This needs "${String(name)}" of a provider, which exists only while the gateway runs`);
  },
});

const standIns = new Map<unknown, unknown>([[ApiKeys, new NoKeys()], [LocalTokens, new NoTokens()], [Revocations, new NoRevocations()]]);

const surroundings: Omit<Surroundings, 'folder'> = { clock: systemClock, random: Math.random, resolve: <T>(token: unknown) => (standIns.get(token) ?? absent) as T };

/** A configuration, and everything in it compiled but the network. */
export interface Offline extends AsyncDisposable {
  readonly loaded: LoadedConfig;
  readonly dry: DryRun;
}

/**
 * Loads and compiles a configuration.
 * @throws ConfigurationError when the file is wrong; Failure when an option is refused only when it is compiled.
 */
export async function openOffline(options: LoadOptions): Promise<Offline> {
  const loaded = await loadConfig(options);
  const dry = compiled(loaded, options.file);
  return { loaded, dry, [Symbol.asyncDispose]: () => dry.close() };
}

/** Opens a configuration for some work and frees it when that is done; throws what `openOffline` throws. */
export async function offline<T>(options: LoadOptions, work: (opened: Offline) => Promise<T> | T): Promise<T> {
  const opened = await openOffline(options);
  try {
    return await work(opened);
  } finally {
    await opened[Symbol.asyncDispose]();
  }
}

function compiled(loaded: LoadedConfig, file: string): DryRun {
  try {
    return new DryRun(loaded, surroundings);
  } catch (error) {
    throw new Failure(`${file}: the configuration cannot be applied: ${(error as Error).message}`, { cause: error });
  }
}
