import type { z } from 'zod';

/** The end of a channel between two processes: a forked one, or the process itself. */
export interface ChannelEnd {
  readonly connected: boolean;
  send?(message: unknown, sent: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/** Messages of a known form over a channel. Others are dropped, and so is what nobody is there for any more. */
export class Link<In, Out> {
  constructor(private readonly end: ChannelEnd, private readonly incoming: z.ZodType<In>) {}

  get connected(): boolean {
    return this.end.connected;
  }

  /** @returns whether it left; the other end may be gone before it arrives. */
  send(message: Out): Promise<boolean> {
    return new Promise((resolve) => {
      if (!this.end.connected || !this.end.send) resolve(false);
      else this.end.send(message, (error) => resolve(error === null));
    });
  }

  /** The other end is gone. */
  onLost(listener: () => void): void {
    this.end.once('disconnect', listener);
  }

  onMessage(listener: (message: In) => void): void {
    this.end.on('message', (message) => {
      const parsed = this.incoming.safeParse(message);
      if (parsed.success) listener(parsed.data);
    });
  }
}
