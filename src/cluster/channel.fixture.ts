import { EventEmitter } from 'node:events';
import { deserialize, serialize } from 'node:v8';
import type { ChannelEnd } from './link.js';

/** One end of a channel within this process: messages arrive later, and as copies. */
class End extends EventEmitter implements ChannelEnd {
  connected = true;
  other: End | null = null;

  send(message: unknown, sent: (error: Error | null) => void): boolean {
    const copy: unknown = deserialize(serialize(message));
    setImmediate(() => {
      this.other?.emit('message', copy);
      sent(null);
    });
    return true;
  }

  disconnect(): void {
    for (const end of [this, this.other]) {
      if (!end) continue;
      end.connected = false;
      end.emit('disconnect');
    }
  }
}

/** Two ends of one channel. */
export function channel(): readonly [End, End] {
  const ends = [new End(), new End()] as const;
  [ends[0].other, ends[1].other] = [ends[1], ends[0]];
  return ends;
}

/** What `cluster.fork` makes, without a process. */
export class FakeFork {
  readonly process: End & { pid: number; kill(signal: string): void; readonly stdout: null };

  /** @param worker gets the worker's end. */
  constructor(readonly id: number, worker: (end: End) => void) {
    const [here, there] = channel();
    this.process = Object.assign(here, { pid: 1_000 + id, stdout: null, kill: (signal: string) => this.end(null, signal) });
    setImmediate(() => worker(there));
  }

  end(code: number | null, signal: string | null): void {
    this.process.emit('exit', code, signal);
    this.process.disconnect();
    this.process.emit('close', code, signal);
  }
}
