import type { Clock } from '#libs/kernel';
import { connected, type Client } from './client.js';
import { within, type Deadline, type Deadlines } from './deadlines.js';
import { reasonOf, RedisAway } from './errors.js';

/** Commands in a row without an answer in time, after which a connection is given up. */
const PATIENCE = 3;

/** Where to go on with a command that was refused. */
export interface Redirection {
  readonly link: Link;
  /** Whether the other server takes it only after `ASKING`. */
  readonly asking: boolean;
}

export interface LinkOptions {
  /** A client for the server this link is to, which may be another one each time. */
  open(): Promise<Client>;
  /** Rejects unless the server, now connected, is the one to ask. */
  greet(client: Client): Promise<unknown>;
  /** It can be asked now, or no longer. */
  changed(): void;
  /** Whether another server has what was asked for. */
  redirect?(refusal: string): Redirection | null;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly deadlines: Deadlines;
  /** Milliseconds. */
  readonly timeouts: { readonly command: number; readonly connect: number; readonly retry: number };
  /** Default: 3. */
  readonly patience?: number;
}

/**
 * One connection to one server, always made anew when it is lost. Whatever is asked is over by its deadline; after some in
 * a row that were not answered in time the connection is given up, since on a new one no late answer can be meant for
 * another question. Until there is one again everything is refused at once.
 */
export class Link {
  #client: Client | null = null;
  #away: RedisAway | null = new RedisAway('it is not connected yet');
  #late = 0;
  /** When it was made, and when the server last said anything. */
  #since = 0;
  heardAt = 0;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;
  readonly #settled = Promise.withResolvers<void>();

  constructor(private readonly options: LinkOptions) {}

  /** Begins to connect. */
  start(): this {
    void this.#connect();
    return this;
  }

  /** Over once it is known whether it can be asked. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  get away(): RedisAway | null {
    return this.#away;
  }

  /** The connection of the moment. */
  get client(): Client | null {
    return this.#client;
  }

  /**
   * Asks for something.
   * @param source text of the script, where the command is an EVALSHA.
   */
  send(command: readonly string[], source: string | null = null): Promise<unknown> {
    const client = this.#client;
    if (client === null) return Promise.reject(this.#away ?? CLOSED);
    const call = new Call(this, command, source);
    this.options.deadlines.add(call);
    this.#attempt(client, call, command);
    return call.answer.promise;
  }

  #attempt(client: Client, call: Call, command: readonly string[]): void {
    call.link = this;
    call.client = client;
    client.sendCommand(command).then(
      (reply) => {
        this.heardAt = this.options.clock.elapsed();
        if (call.over) return;
        this.#late = 0;
        call.over = true;
        call.answer.resolve(reply);
      },
      (error: unknown) => { if (!call.over) this.#refused(client, call, error as Error); },
    );
  }

  #refused(client: Client, call: Call, error: Error): void {
    this.heardAt = this.options.clock.elapsed();
    if (client !== this.#client) return call.fail(this.#away ?? CLOSED);
    this.#late = 0;
    const { message } = error;
    if (call.source !== null && message.startsWith('NOSCRIPT')) {
      const { source } = call;
      call.source = null;
      return this.#attempt(client, call, ['EVAL', source, ...call.command.slice(2)]);
    }
    const elsewhere = call.redirected ? null : this.options.redirect?.(message) ?? null;
    if (elsewhere !== null) {
      call.redirected = true;
      return elsewhere.link.#take(call, elsewhere.asking);
    }
    // The master of a moment ago is a replica now.
    if (message.startsWith('READONLY')) this.lose(client, 'it only reads');
    else if (!client.isReady) this.lose(client, message);
    call.fail(error);
  }

  #take(call: Call, asking: boolean): void {
    const client = this.#client;
    if (client === null) return call.fail(this.#away ?? CLOSED);
    if (asking) client.sendCommand(['ASKING']).catch(() => undefined);
    this.#attempt(client, call, call.command);
  }

  /** A command on a connection got no answer in time. */
  late(client: Client | null): void {
    if (client === null || client !== this.#client || ++this.#late < (this.options.patience ?? PATIENCE)) return;
    this.lose(client, `no answer within ${this.options.timeouts.command} ms`);
  }

  /** Gives a connection up; another is made. */
  lose(client: Client, why: string): void {
    if (client !== this.#client) return;
    this.#client = null;
    this.#gone(why);
    client.destroy();
    // One that does not last is not made again and again.
    if (this.options.clock.elapsed() - this.#since > this.options.timeouts.retry) void this.#connect();
    else this.#later();
  }

  async #connect(): Promise<void> {
    try {
      const client = await this.options.open();
      if (this.#closed) return client.destroy();
      await connected(client, this.options.timeouts.connect, (made) => this.options.greet(made));
      if (this.#closed) return client.destroy();
      if (!client.isReady) throw new Error('it closed the connection');
      client.on('error', (error) => this.lose(client, reasonOf(error)));
      this.#client = client;
      this.#away = null;
      this.#late = 0;
      this.#since = this.options.clock.elapsed();
      this.options.changed();
    } catch (error) {
      this.#gone(reasonOf(error));
      this.#later();
    } finally {
      this.#settled.resolve();
    }
  }

  #gone(why: string): void {
    if (this.#closed) return;
    this.#away = new RedisAway(why);
    this.options.changed();
  }

  #later(): void {
    if (this.#closed) return;
    // Not all gateways at the same moment.
    this.#retry = setTimeout(() => void this.#connect(), this.options.timeouts.retry * (0.75 + Math.random() / 2)).unref();
  }

  /**
   * Ends it, after what is under way. Nothing is told of that.
   * @param grace milliseconds for what is under way. Default: those of a command.
   */
  async close(grace = this.options.timeouts.command): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = null;
    this.#away = CLOSED;
    if (client === null) return;
    await within(grace, client.close()).catch(() => undefined);
    client.destroy();
  }
}

const CLOSED = new RedisAway('the connection is closed');

/** One command under way. */
class Call implements Deadline {
  over = false;
  redirected = false;
  client: Client | null = null;

  readonly answer = Promise.withResolvers<unknown>();

  constructor(public link: Link, readonly command: readonly string[], public source: string | null) {}

  get heardAt(): number {
    return this.link.heardAt;
  }

  fail(error: Error): void {
    this.over = true;
    this.answer.reject(error);
  }

  expire(): void {
    this.fail(LATE);
    this.link.late(this.client);
  }
}

const LATE = new RedisAway('no answer in time');
