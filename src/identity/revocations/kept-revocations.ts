import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Problem, problems, type Clock } from '#libs/kernel';
import { Revocations, type Revocable, type Revocation } from '../../auth/revocations.js';
import type { Fleet } from '../../cluster/index.js';
import { FleetTeller } from './fleet-teller.js';
import { RevocationTable } from './revocation-table.js';
import { Source, type Ledger, type SourceParts } from './source.js';
import { knownTopic, revokeTopic } from './topics.js';

/** Revocations in memory, some 200 bytes each. */
const MOST = 100_000;
/** Milliseconds between two looks for what has ended. */
const SWEEP = 60_000;

/** What one configuration says of revocations. */
export interface RevocationPlan extends Omit<SourceParts, 'clock'> {
  /** What becomes of credentials while nothing could be read of what is revoked. */
  readonly away: 'allow' | 'deny';
}

/** The sources of a configuration that is not yet in force. */
export interface BuiltRevocations {
  /** Over once it is known what is revoked, or that it cannot be known now. Never rejects. */
  readonly settled: Promise<void>;
  adopt(): void;
  /** It came to nothing. */
  discard(): void;
}

/** What is revoked, the same in all workers and instances. It outlives configurations, as what was revoked has to. */
export class KeptRevocations extends Revocations implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #table: RevocationTable;
  readonly #ledger: Ledger;
  readonly #teller: FleetTeller;
  readonly #sweeping: NodeJS.Timeout;
  #source: Source;
  #deny = false;

  constructor(private readonly fleet: Fleet, private readonly clock: Pick<Clock, 'now'>, most = MOST) {
    super();
    this.#table = new RevocationTable(most);
    this.#teller = new FleetTeller(fleet);
    this.#ledger = { take: (revocations) => this.#take(revocations), list: () => this.list() };
    this.#source = new Source({ database: null, changes: null, redis: null, clock }, this.#ledger);
    this.#sweeping = setInterval(() => this.#table.sweep(clock.now()), SWEEP).unref();
    fleet.answer(revokeTopic, (revocations) => {
      this.#take(revocations);
      return null;
    });
    fleet.answer(knownTopic, () => [...this.list()]);
  }

  /** Begins to go by the sources of a configuration; those in force stay so where they are the same. */
  build({ away, ...plan }: RevocationPlan): BuiltRevocations {
    const former = this.#source;
    const source = same(former.parts, plan) ? former : new Source({ ...plan, clock: this.clock }, this.#ledger);
    return {
      settled: source.settled,
      adopt: () => {
        if (source !== this.#source) this.#source.end();
        this.#source = source;
        this.#deny = away === 'deny';
      },
      discard: () => {
        if (source !== this.#source) source.end();
      },
    };
  }

  /** A worker that takes another's place goes on with what the others know. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.fleet.worker === null) return;
    const { answers } = await this.fleet.ask(knownTopic, null);
    for (const revocations of answers) this.#take(revocations);
  }

  covers(credential: Revocable): boolean {
    if (this.#deny && !this.#source.known) throw unknown();
    return this.#table.size > 0 && this.#table.covers(credential);
  }

  /** What is in force. */
  list(): readonly Revocation[] {
    return this.#table.list(this.clock.now());
  }

  async revoke(asked: Revocation): Promise<void> {
    const revocation = this.#table.fitted(asked, this.clock.now());
    if (revocation === null) throw new Problem(problems.revocationsAway, 'There are too many revocations in force to add one more.', RETRY);
    await this.#source.add(revocation);
    this.#take([revocation]);
    // The database has told them already.
    if (this.#source.parts.database === null) await this.#teller.tell(revocation);
  }

  #take(revocations: readonly Revocation[]): void {
    const now = this.clock.now();
    for (const revocation of revocations) this.#table.add(revocation, now);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#sweeping);
    this.#source.end();
  }
}

const RETRY = { headers: { 'Retry-After': '1' } } as const;

function unknown(): Problem {
  return new Problem(problems.revocationsAway, 'It cannot be known now whether the credential was revoked. Repeat the request a little later.', RETRY);
}

function same(one: SourceParts, other: Omit<SourceParts, 'clock'>): boolean {
  return one.database === other.database && one.changes === other.changes && one.redis === other.redis;
}
