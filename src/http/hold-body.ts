import type { Readable } from 'node:stream';
import type { Exchange } from '#libs/kernel';
import type { RequestBody } from './request-body.js';

/**
 * Reads a body and puts it back for whoever reads it next.
 * @param most bytes to read.
 * @returns all of it; `null` when there is more, or it ended before it was complete.
 * @throws Problem by rejection when the client leaves, or sends more than `body.limit` allows.
 */
export function holdBody(exchange: Exchange, body: RequestBody, most: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  const { promise, reject, resolve } = Promise.withResolvers<Buffer | null>();
  const read = (): void => {
    for (let chunk = body.read() as Buffer | null; chunk !== null; chunk = body.read() as Buffer | null) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > most) return done(null);
    }
    if (body.whole) done(Buffer.concat(chunks));
  };
  const done = (bytes: Buffer | null): void => {
    leave();
    putBack(body, chunks);
    resolve(bytes);
  };
  const fail = (): void => {
    leave();
    const reason = exchange.aborted ?? body.errored;
    if (reason) reject(reason);
    else resolve(null);
  };
  const leave = (): void => {
    body.off('readable', read).off('error', fail).off('close', fail);
  };
  body.on('readable', read).on('error', fail).on('close', fail);
  exchange.onAbort({ abort: fail });
  return promise;
}

/** Before the end is told of, which would be too late. */
function putBack(body: Readable, chunks: readonly Buffer[]): void {
  for (const chunk of chunks.toReversed()) body.unshift(chunk);
}
