import type { ServerResponse } from 'node:http';
import type { Call } from './call.js';

export interface ServerEvent {
  readonly id: number;
  readonly event: string;
  readonly data: unknown;
}

const heartbeatMs = 15_000;
const maxBacklogBytes = 256 * 1024;

const text = ({ id, event, data }: ServerEvent): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Everyone who listens with an `EventSource`, and what each of them is allowed to hear. */
export class EventStreams<Viewer> {
  readonly #viewers = new Map<ServerResponse, Viewer>();

  open({ request, response }: Call, viewer: Viewer, missed: readonly ServerEvent[] = []): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.write(`retry: 5000\n\n${missed.map(text).join('')}`);
    this.#viewers.set(response, viewer);
    // Idle timeouts on the way would cut a silent stream.
    const heartbeat = setInterval(() => response.write(': ping\n\n'), heartbeatMs).unref();
    response.once('close', () => {
      clearInterval(heartbeat);
      this.#viewers.delete(response);
    });
  }

  publish(event: ServerEvent, wanted: (viewer: Viewer) => boolean): void {
    for (const [response, viewer] of this.#viewers) {
      if (!wanted(viewer)) continue;
      response.write(text(event));
      // A viewer that stopped reading is let go; it comes back with Last-Event-ID and misses nothing.
      if (response.writableLength > maxBacklogBytes) response.destroy();
    }
  }
}
