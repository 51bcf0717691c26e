import { z } from 'zod';
import type { RedisPlace } from '../config/schema/redis-url.js';
import { askAny, type Asking } from './ask.js';
import type { Courier } from './courier.js';
import { reasonOf, RedisAway } from './errors.js';
import { Link, type Redirection } from './link.js';
import { SLOTS, slotOf } from './slots.js';

/** From, to, and the master with what is known of it; replicas follow. */
const ranges = z.array(z.tuple([z.int(), z.int(), z.tuple([z.string().nullable(), z.int()], z.unknown())], z.unknown()));

export interface ClusterOptions {
  /** Servers that know of the others. */
  readonly seeds: readonly RedisPlace[];
  readonly asking: Pick<Asking, 'open' | 'timeout'>;
  /** A link to one master, not yet started. */
  link(place: RedisPlace, hooks: { changed(): void; redirect(refusal: string): Redirection | null }): Link;
  changed(): void;
  /** Milliseconds between looks while something is wrong. */
  readonly retry: number;
}

/** Masters that share the slots. Who has which is looked up at the start, when one says so, and while one is away. */
export class Cluster implements Courier {
  #links: ReadonlyMap<string, Link> = new Map();
  #slots: readonly (Link | undefined)[] = [];
  /** Where keys are that nobody is known to have. */
  #unknown = new RedisAway('it is not connected yet');
  away: string | null = this.#unknown.why;
  #looking = false;
  #again: NodeJS.Timeout | null = null;
  #closed = false;
  readonly settled: Promise<void>;

  constructor(private readonly options: ClusterOptions) {
    this.settled = this.#look();
  }

  get masters(): readonly Link[] {
    return [...this.#links.values()];
  }

  /** A server that most likely answers. */
  get somePlace(): RedisPlace {
    const well = [...this.#links].filter(([, { away }]) => away === null).map(([name]) => placeOf(name));
    const places = well.length > 0 ? well : this.options.seeds;
    return places[Math.floor(Math.random() * places.length)] as RedisPlace;
  }

  send(key: string | null, command: readonly string[], source?: string): Promise<unknown> {
    const link = key === null ? this.masters.find(({ away }) => away === null) : this.#slots[slotOf(key)];
    return link === undefined ? Promise.reject(this.#unknown) : link.send(command, source);
  }

  together(keys: readonly string[]): readonly (readonly string[])[] {
    return [...Map.groupBy(keys, slotOf).values()];
  }

  /** Looks up who has which slots. Never rejects. */
  async #look(): Promise<void> {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    try {
      const places = new Set([...this.#links.keys(), ...this.options.seeds.map(nameOf)]);
      const { reply, from } = await askAny([...places].map(placeOf), { ...this.options.asking, command: ['CLUSTER', 'SLOTS'], who: 'the cluster' });
      if (!this.#closed) await this.#learn(ranges.parse(reply), from);
    } catch (error) {
      this.#unknown = new RedisAway(reasonOf(error));
    } finally {
      this.#looking = false;
    }
    this.#changed();
  }

  async #learn(found: z.output<typeof ranges>, from: RedisPlace): Promise<void> {
    const links = new Map<string, Link>();
    const slots: (Link | undefined)[] = Array.from({ length: SLOTS });
    const added: Link[] = [];
    for (const [first, last, [host, port]] of found) {
      const name = nameOf({ host: host || from.host, port });
      let link = links.get(name) ?? this.#links.get(name);
      if (!link) added.push(link = this.#open(name));
      links.set(name, link);
      slots.fill(link, first, last + 1);
    }
    const gone = [...this.#links].filter(([name]) => !links.has(name));
    this.#links = links;
    this.#slots = slots;
    this.#unknown = HOMELESS;
    for (const [, link] of gone) void link.close();
    await Promise.all(added.map(({ settled }) => settled));
  }

  #open(name: string): Link {
    return this.options.link(placeOf(name), { changed: () => this.#changed(), redirect: (refusal) => this.#redirect(refusal) }).start();
  }

  /** Redis Cluster specification, "MOVED Redirection" and "ASK redirection". */
  #redirect(refusal: string): Redirection | null {
    const [kind, , name = ''] = refusal.split(' ');
    if (kind !== 'MOVED' && kind !== 'ASK') return null;
    if (kind === 'MOVED') void this.#look();
    const link = this.#links.get(name);
    return link ? { link, asking: kind === 'ASK' } : null;
  }

  /** While a master is away another one may take its place. */
  #changed(): void {
    if (this.#closed) return;
    const { masters } = this;
    const lost = masters.filter(({ away }) => away !== null);
    this.away = lost.length < masters.length ? null : lost[0]?.away?.why ?? this.#unknown.why;
    this.options.changed();
    if (this.#again !== null || (masters.length > 0 && lost.length === 0)) return;
    this.#again = setTimeout(() => {
      this.#again = null;
      void this.#look();
    }, this.options.retry * (0.75 + Math.random() / 2)).unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#again !== null) clearTimeout(this.#again);
    this.#unknown = new RedisAway('the connection is closed');
    await Promise.all(this.masters.map((link) => link.close()));
  }
}

const HOMELESS = new RedisAway('no server of the cluster has this key');

function nameOf({ host, port }: RedisPlace): string {
  return `${host}:${port}`;
}

function placeOf(name: string): RedisPlace {
  const colon = name.lastIndexOf(':');
  return { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
}
