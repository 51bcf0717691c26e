import path from 'node:path';
import { events } from '#libs/kernel';
import { displayName } from './include.js';
import { ConfigurationError, formatIssues } from './issues.js';
import { loadConfig, type LoadedConfig, type LoadOptions } from './load-config.js';

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

  private constructor(private readonly options: LoadOptions, loaded: LoadedConfig, looked: ReadonlyMap<string, string>) {
    this.#current = loaded;
    this.#looked = looked;
  }

  /** @throws ConfigurationError when the file is wrong: there is nothing to fall back to yet. */
  static async open(options: LoadOptions): Promise<ConfigStore> {
    const looked = new Map<string, string>();
    return new ConfigStore(options, await attempt({ ...options, looked }), looked);
  }

  get current(): LoadedConfig {
    return this.#current;
  }

  /** Where the latest load looked, and in what state it was: a change there may be a change of the configuration. */
  get files(): ReadonlyMap<string, string> {
    return this.#looked;
  }

  /**
   * Loads the file again. A call during a load waits for one that starts after it: the load under way may have read the
   * file before the edit this call is about. Calls that wait share that one.
   * @returns whether `current` is another configuration now; `false` when nothing changed, or the file is wrong
   */
  reload(): Promise<boolean> {
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
    this.#looked = looked;
    try {
      const loaded = await attempt({ ...this.options, looked });
      if (loaded.config.hash === this.#current.config.hash) return false;
      this.#former = this.#current;
      this.#current = loaded;
      return true;
    } catch (error) {
      if (error instanceof ConfigurationError) return false;
      throw error;
    }
  }
}

async function attempt(options: LoadOptions): Promise<LoadedConfig> {
  const file = displayName(path.resolve(options.file));
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
