import { getServers } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Server } from './dns-transport.js';

const PORT = 53;

/** A server as the file names it: an IP address or a host name, and a port if it is not 53. */
export interface NamedServer {
  readonly host: string;
  readonly port: number;
}

/** `10.0.0.2`, `consul:8600`, `::1` or `[::1]:5353`. @returns `null` for what is none. */
export function parseServer(text: string): NamedServer | null {
  if (isIP(text) !== 0) return { host: text, port: PORT };
  const [, six, name, port = String(PORT)] = /^(?:\[([\da-fA-F:.]+(?:%\w+)?)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = six ?? name;
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
  return six !== undefined && isIP(six) !== 6 ? null : { host, port: Number(port) };
}

/**
 * The servers to ask, the first first: those named, or the system's.
 * @throws Error when the host name of one cannot be resolved.
 */
export async function serversOf(named: readonly NamedServer[]): Promise<readonly Server[]> {
  const all = named.length > 0 ? named : getServers().flatMap((text) => parseServer(text) ?? []);
  return Promise.all(all.map(async ({ host, port }) => ({ host: isIP(host) === 0 ? (await lookup(host)).address : host, port })));
}

export function nameOf({ host, port }: NamedServer): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
