import type { Exchange } from '#libs/kernel';

/**
 * Waits, unless the exchange is aborted.
 * @param delay milliseconds.
 * @throws the reason by rejection when it is aborted before or meanwhile.
 */
export function pause(exchange: Exchange, delay: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // No alarm: those are for few different delays, and these are random.
    const timer = setTimeout(resolve, delay);
    exchange.onAbort({ abort: (reason) => { clearTimeout(timer); reject(reason); } });
  });
}
