import { validateHeaderName, validateHeaderValue, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from '#libs/kernel';

/**
 * Looks after a client's connection while the answer to its upgrade is being found: node:http has let go of it by then,
 * so an error on it would be nobody's and bring the process down, and a client that leaves would not be noticed.
 * @returns a function to call once there is an answer; errors stay looked after.
 */
export function watchHandshake({ socket }: ServerResponse): () => void {
  if (socket === null) return () => {};
  const client: Socket = socket;
  // A client has nothing to say before the 101; what it says all the same waits for the tunnel.
  const look = (): void => {
    if (client.readableLength === 0) client.read();
  };
  const leave = (): void => { client.destroy(); };
  client.on('error', leave).on('readable', look).on('end', leave);
  return () => client.off('readable', look).off('end', leave);
}

/**
 * The head of a 101. RFC 9110 7.8: the two hop-by-hop fields of the switch are ours to write.
 * @throws TypeError for a field that would split the head: node:http, which looks at all others, does not see this one.
 */
export function switchingHead({ status, headers: { flat } }: Answer): string {
  let text = `HTTP/1.1 ${status} Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
  for (let i = 0; i < flat.length; i += 2) {
    const [name, value] = [flat[i] as string, flat[i + 1] as string];
    validateHeaderName(name);
    validateHeaderValue(name, value);
    text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}
