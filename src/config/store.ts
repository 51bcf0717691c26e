import path from 'node:path';
import { events } from '#libs/kernel';
import { displayName } from './include.js';
import { ConfigurationError, formatIssues } from './issues.js';
import { loadConfig, type LoadedConfig, type LoadOptions } from './load-config.js';
import type { Image } from './read-file.js';
import type { Remote } from './remote.js';
import { Remotes } from './remotes.js';

/**
 * Holds the configuration in use. A file that is wrong never gets here: the last good one stays, and listeners of the
 * events are told what is wrong.
 */
export class ConfigStore {
  #current: LoadedConfig;
  #former: LoadedConfig | null = null;
  #loading: Promise<boolean> = Promise.resolve(false);
  #waiting: Promise<boolean> | null = null;
  #looked: ReadonlyMap<string, string>;
  #remotes: Remotes | null;
  #from: Image | undefined;

  private constructor(private readonly options: LoadOptions, loaded: LoadedConfig, { looked, remotes }: Sources) {
    this.#current = loaded;
    this.#looked = looked;
    this.#remotes = remotes;
  }

  /** @throws ConfigurationError when the file is wrong: there is nothing to fall back to yet. */
  static async open(options: LoadOptions): Promise<ConfigStore> {
    const sources = { looked: new Map<string, string>(), remotes: new Remotes() };
    return new ConfigStore(options, await attempt({ ...options, ...sources }), sources);
  }

  get current(): LoadedConfig {
    return this.#current;
  }

  /** Where the latest load looked, and in what state it was: a change there may be a change of the configuration. */
  get files(): ReadonlyMap<string, string> {
    return this.#looked;
  }

  /** What the latest load included that is not a file, by address; `null` while a load is under way. */
  get remotes(): ReadonlyMap<string, Remote> | null {
    return this.#remotes?.all ?? null;
  }

  /**
   * Loads the file again. A call during a load waits for one that starts after it: the load under way may have read the
   * file before the edit this call is about. Calls that wait share that one.
   * @param from what another process's load found on the disk; without it, the disk is looked at
   * @returns whether `current` is another configuration now; `false` when nothing changed, or the file is wrong
   */
  reload(from?: Image): Promise<boolean> {
    this.#from = from;
    this.#waiting ??= this.#loading.then(() => {
      this.#waiting = null;
      const load = this.#reload();
      this.#loading = load.catch(() => false);
      return load;
    });
    return this.#waiting;
  }

  /** Goes back to the former configuration: the new one could not be applied, and the next reload must try again. */
  undo(): void {
    if (this.#former) this.#current = this.#former;
    this.#former = null;
  }

  async #reload(): Promise<boolean> {
    const looked = new Map<string, string>();
    const remotes = new Remotes();
    this.#looked = looked;
    this.#remotes = null;
    try {
      const loaded = await attempt({ ...withoutImage(this.options), looked, remotes, ...(this.#from && { from: this.#from }) });
      if (loaded.config.hash === this.#current.config.hash) return false;
      this.#former = this.#current;
      this.#current = loaded;
      return true;
    } catch (error) {
      if (error instanceof ConfigurationError) return false;
      throw error;
    } finally {
      this.#remotes = remotes;
    }
  }
}

/** What a load looked at. */
interface Sources {
  readonly looked: ReadonlyMap<string, string>;
  readonly remotes: Remotes;
}

/** The image a store was opened with is for that one load. */
function withoutImage({ from: _from, ...options }: LoadOptions): LoadOptions {
  return options;
}

async function attempt(options: LoadOptions): Promise<LoadedConfig> {
  const file = displayName(path.resolve(options.file));
  events.configurationLoading.publish({ file });
  try {
    const loaded = await loadConfig(options);
    events.configurationLoaded.publish({ file, version: loaded.config.hash, errors: [] });
    return loaded;
  } catch (error) {
    const errors = error instanceof ConfigurationError ? error.issues.map((issue) => formatIssues([issue])) : [String(error)];
    events.configurationLoadFailed.publish({ file, version: '', errors });
    throw error;
  }
}
