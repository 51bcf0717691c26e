import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ExtensionRegistry, Surroundings } from '#libs/kernel';
import { fingerprint, type ServiceConfig } from '../config/index.js';
import { ServiceDirectory, type Whereabouts } from '../services/index.js';
import { Search } from './search.js';
import { DiscoveryLog } from './discovery-log.js';

/** Milliseconds a configuration waits for registries it asks for the first time; then it takes effect without them. */
const PATIENCE = 5_000;

/** The searches of one configuration, by service and settings. */
type Searches = ReadonlyMap<string, { readonly service: string; readonly search: Search }>;

/** What a configuration's registries said, ready to be built on. */
export interface Prepared {
  readonly whereabouts: ReadonlyMap<string, Whereabouts>;
  /** From now on what they find changes the services in force; searches nobody asked for any more end. */
  adopt(): void;
  /** The configuration came to nothing: ends the searches that only it asked for. */
  discard(): void;
}

/** `discover:` of the services: looks for their targets as long as they are configured the same. */
@Injectable()
export class DiscoveryService implements OnApplicationShutdown {
  #searches: Searches = new Map();

  constructor(
    private readonly directory: ServiceDirectory,
    private readonly log: DiscoveryLog,
  ) {}

  /**
   * Begins to look for what is new in a configuration, and waits for the first answers, up to five seconds.
   * @throws Error by rejection when an option is refused only now; then nothing has begun.
   */
  async prepare(configs: Readonly<Record<string, ServiceConfig>>, extensions: ExtensionRegistry, surroundings: Surroundings): Promise<Prepared> {
    const next = new Map<string, { service: string; search: Search }>();
    try {
      for (const [service, { discover }] of Object.entries(configs)) {
        if (!discover) continue;
        const key = fingerprint([service, discover]);
        next.set(key, this.#searches.get(key) ?? { service, search: new Search(extensions.create('discovery', discover, { ...surroundings, name: service })) });
      }
    } catch (error) {
      end(next, this.#searches);
      throw error;
    }
    await firstAnswers([...next.values()].map(({ search }) => search));
    return {
      get whereabouts() {
        return new Map([...next.values()].map(({ service, search }) => [service, search.whereabouts]));
      },
      adopt: () => this.#adopt(next, surroundings),
      discard: () => end(next, this.#searches),
    };
  }

  #adopt(next: Searches, { clock }: Surroundings): void {
    end(this.#searches, next);
    this.#searches = next;
    for (const { service, search } of next.values()) {
      search.report({
        found: (addresses) => this.log.refused(service, this.directory.found(service, addresses, clock)),
        lost: (why) => this.directory.lost(service, why),
      });
    }
  }

  onApplicationShutdown(): void {
    end(this.#searches, new Map());
    this.#searches = new Map();
  }
}

async function firstAnswers(searches: readonly Search[]): Promise<void> {
  if (searches.length === 0) return;
  const patience = new AbortController();
  await Promise.race([Promise.all(searches.map(({ first }) => first)), sleep(PATIENCE, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
}

/** Ends the searches that are not among those kept. */
function end(searches: Searches, kept: Searches): void {
  for (const [key, { search }] of searches) if (!kept.has(key)) search.stop();
}
