import { connect, type Socket } from 'node:net';

/** What came back over a raw socket until it closed, or fell silent. */
export interface RawReply {
  readonly text: string;
  /** Status of the first response, 0 when there was none. */
  readonly status: number;
  /** Whether the gateway closed the connection. */
  readonly closed: boolean;
}

/**
 * Sends bytes exactly as given, for what a proper client would never send.
 * @param quiet milliseconds of silence after which the reply is taken as complete, once it has begun.
 */
export function raw(port: number, bytes: string | Buffer, quiet = 400): Promise<RawReply> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    let text = '';
    const finish = (closed: boolean): void => {
      socket.destroy();
      resolve({ text, closed, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0) });
    };
    // A busy machine takes its time to begin; one that stood still gets to hear of what came meanwhile.
    socket.setTimeout(Math.max(quiet, 10_000), () => {
      const before = text;
      setTimeout(() => { if (text === before) finish(false); }, 20);
    });
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      socket.setTimeout(quiet);
    });
    socket.on('close', () => finish(true)).on('error', () => finish(true));
    socket.write(bytes);
  });
}
