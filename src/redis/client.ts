import { isIP } from 'node:net';
import type { GatewayConfig } from '../config/index.js';
import type { RedisPlace, RedisUrl } from '../config/schema/redis-url.js';
import { within } from './deadlines.js';
import { reasonOf } from './errors.js';

export type RedisConfig = NonNullable<GatewayConfig['redis']>;

/** What is used of a client of node-redis: one connection to one server, made once. */
export interface Client {
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  /** Waits for what is under way. */
  close(): Promise<void>;
  /** Rejects what is under way. */
  destroy(): void;
  sendCommand(command: readonly string[]): Promise<unknown>;
  subscribe(channels: readonly string[], listener: (message: string, channel: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'connect', listener: () => void): unknown;
  unref(): void;
}

export interface Credentials {
  readonly username: string | null;
  readonly password: string | null;
}

/** Makes clients, not yet connected. The package is loaded with the first one. */
export type Open = (place: RedisPlace, credentials: Credentials, database: number) => Promise<Client>;

/** How the servers of a configuration are connected to. */
export function opener(config: Pick<RedisConfig, 'connectTimeout' | 'tls'>, url: Pick<RedisUrl, 'tls'>): Open {
  return async (place, { username, password }, database) => {
    const { createClient } = await import('redis');
    const client = createClient({
      // What scripts and commands answer is the same by the older protocol, which every Redis speaks.
      RESP: 2, maintNotifications: 'disabled', disableOfflineQueue: true, database,
      // Its own time limit makes an AbortSignal per command, and ends nothing that was written.
      commandOptions: { timeout: 0 },
      ...(username === null ? {} : { username }), ...(password === null ? {} : { password }),
      socket: { host: place.host, port: place.port, connectTimeout: config.connectTimeout, reconnectStrategy: false, ...(url.tls ? tlsOptions(config.tls, place.host) : {}) },
    });
    client.unref();
    return discreet(client as unknown as Client, password);
  };
}

/** A server that does not know AUTH repeats what it was told, or the beginning of it. */
function discreet(client: Client, password: string | null): Client {
  if (password === null || password === '') return client;
  const connect = client.connect.bind(client);
  client.connect = () => connect().catch((error: unknown) => {
    throw new Error(reasonOf(error).replace(/,? with args beginning with:.*/s, '').replaceAll(password, '***'));
  });
  return client;
}

function tlsOptions(tls: RedisConfig['tls'], host: string) {
  const { ca, cert, key, minVersion = 'TLSv1.2', passphrase, servername, verify = true } = tls ?? {};
  const name = servername ?? (isIP(host) === 0 ? host : undefined);
  return {
    tls: true as const, rejectUnauthorized: verify, minVersion,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key: key.reveal() }),
    ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
    ...(name === undefined ? {} : { servername: name }),
  };
}

/**
 * Connects a client, and asks it whatever tells that it serves.
 * @param timeout milliseconds for all of it.
 * @throws Error; the client is destroyed then, also while its socket is still on the way.
 */
export async function connected(client: Client, timeout: number, greet: (client: Client) => Promise<unknown>): Promise<Client> {
  let given = false;
  // A client destroyed while its socket connects would connect all the same.
  client.on('connect', () => { if (given) client.destroy(); });
  client.on('error', () => undefined);
  try {
    await within(timeout, client.connect().then(() => greet(client)));
    return client;
  } catch (error) {
    given = true;
    client.destroy();
    throw error;
  }
}
