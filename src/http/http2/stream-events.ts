import type { ServerHttp2Stream } from 'node:http2';

/** Told on a stream once: it is over, or its client has reset it. The stream's own `close` may come much later. */
const OVER = Symbol('over');
/** Told on a stream once the whole body of its request has been read. Its own `end` comes for one that was cut off, too. */
const WHOLE = Symbol('whole');

type Listener = (...told: never[]) => void;

/** Prepares a stream for those who take it for the request or response of HTTP/1. */
export function watchStream(stream: ServerHttp2Stream): void {
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    stream.emit(OVER);
  };
  stream.on('error', ignore).on('aborted', end).on('close', end);
  // A reset closes the stream before it ends it; the end that the client sent finds it open.
  stream.once('end', () => { if (!stream.closed) stream.emit(WHOLE); });
}

/** Listens to a stream in the words of node:http. */
export abstract class StreamEvents {
  constructor(readonly stream: ServerHttp2Stream) {}

  on(event: string, listener: Listener): this {
    this.stream.on(own(event), listener as () => void);
    return this;
  }

  once(event: string, listener: Listener): this {
    this.stream.once(own(event), listener as () => void);
    return this;
  }

  off(event: string, listener: Listener): this {
    this.stream.off(own(event), listener as () => void);
    return this;
  }

  addListener(event: string, listener: Listener): this {
    return this.on(event, listener);
  }

  prependListener(event: string, listener: Listener): this {
    this.stream.prependListener(own(event), listener as () => void);
    return this;
  }

  removeListener(event: string, listener: Listener): this {
    return this.off(event, listener);
  }

  listenerCount(event: string): number {
    return this.stream.listenerCount(own(event));
  }

  emit(event: string, ...told: unknown[]): boolean {
    return this.stream.emit(own(event), ...told);
  }
}

function own(event: string): string | symbol {
  if (event === 'close') return OVER;
  return event === 'end' ? WHOLE : event;
}

function ignore(): void {}
