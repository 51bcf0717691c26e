import type { Duplex } from 'node:stream';

/** Joins the client's connection with the target's after a 101: bytes both ways at the slower side's pace. */
export function joinTunnel(client: Duplex, target: Duplex, closed: () => void): void {
  let ends = 0;
  const close = (): void => {
    client.destroy();
    target.destroy();
    if (++ends === 1) closed();
  };
  client.on('error', close).on('close', close);
  target.on('error', close).on('close', close);
  client.pipe(target);
  target.pipe(client);
}
