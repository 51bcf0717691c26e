import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';

export const TYPE = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, window: 8, continuation: 9 } as const;
export const FLAG = { endStream: 1, endHeaders: 4 } as const;
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Fields as literals that are in no table (RFC 7541 6.2.2): whatever they hold. */
export function fields(...list: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(list.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  const { length } = bytes;
  if (length < 127) return Buffer.concat([Buffer.from([length]), bytes]);
  const prefix = [127];
  let rest = length - 127;
  for (; rest >= 128; rest >>= 7) prefix.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...prefix, rest]), bytes]);
}

/** Pseudo-header fields of an ordinary request. */
export const GET: readonly (readonly [string, string])[] = [[':method', 'GET'], [':scheme', 'https'], [':path', '/a'], [':authority', 'localhost']];

export const headers = (stream: number, list: readonly (readonly [string, string])[], flags: number = FLAG.endHeaders | FLAG.endStream): Buffer =>
  frame(TYPE.headers, flags, stream, fields(...list));

export const reset = (stream: number, code = 8): Buffer => frame(TYPE.reset, 0, stream, number(code));

export function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** HTTP/2 frame by frame, for what a proper client would never send. */
export class RawH2 implements AsyncDisposable {
  readonly frames: Frame[] = [];
  closed = false;
  #rest = Buffer.alloc(0);

  private constructor(readonly socket: TLSSocket) {
    socket.on('data', (bytes: Buffer) => this.#read(bytes)).on('error', () => {}).on('close', () => { this.closed = true; });
  }

  static async open(port: number, ca: string): Promise<RawH2> {
    const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost', ALPNProtocols: ['h2'] });
    await once(socket, 'secureConnect');
    const client = new RawH2(socket);
    client.send(Buffer.from(PREFACE), frame(TYPE.settings, 0, 0));
    return client;
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(frames));
  }

  of(type: number): readonly Frame[] {
    return this.frames.filter((each) => each.type === type);
  }

  /** Waits until what came passes, the connection is closed or the time is over. */
  async until(passes: () => boolean, limit = 10_000): Promise<void> {
    for (let waited = 0; waited < limit && !passes() && !this.closed; waited += 10) await sleep(10);
  }

  /** The code a stream was reset with; `null` when it was not. */
  resetOf(stream: number): number | null {
    return this.of(TYPE.reset).find((each) => each.stream === stream)?.payload.readUInt32BE(0) ?? null;
  }

  /** The code of the last GOAWAY; `null` without one. */
  get goaway(): number | null {
    return this.of(TYPE.goaway).at(-1)?.payload.readUInt32BE(4) ?? null;
  }

  #read(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= 9) {
      const length = this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < 9 + length) return;
      const [type, flags, stream] = [this.#rest.readUInt8(3), this.#rest.readUInt8(4), this.#rest.readUInt32BE(5)];
      if (type === TYPE.settings && flags === 0) this.send(frame(TYPE.settings, 1, 0));
      this.frames.push({ type, flags, stream, payload: this.#rest.subarray(9, 9 + length) });
      this.#rest = this.#rest.subarray(9 + length);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    if (!this.closed) await once(this.socket, 'close');
  }
}
