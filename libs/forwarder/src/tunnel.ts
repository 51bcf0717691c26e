import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock, Exchange } from '#libs/kernel';
import { ClientFrames } from './websocket/client-frames.js';
import { closeCodes, closeFrame, maskedCloseFrame, pingFrame } from './websocket/frames.js';
import { TargetFrames } from './websocket/target-frames.js';

/** The two connections that a 101 joins. */
export interface TunnelEnds {
  readonly client: Duplex;
  readonly target: Duplex;
}

/** What holds on a WebSocket once it stands. */
export interface TunnelLimits {
  /** Bytes a frame of the client may announce; `Infinity` for no limit. */
  readonly maxFrame: number;
  /** Milliseconds of a client's silence after which it is pinged; 0 for never. */
  readonly ping: number;
  /** Milliseconds of silence in both directions after which the tunnel is closed; 0 for never. */
  readonly silence: number;
}

export interface TunnelSurroundings {
  readonly clock: Clock;
  /** Called once, when both connections are gone. */
  readonly closed: () => void;
}

/** How long an end may take to react once it was told that the tunnel closes. */
const LINGER = 3_000;
/** Silence allowed once one end will send no more: a WebSocket has no use for half a connection. */
const HALF_CLOSED = 10_000;
/** TCP probes find a peer that vanished without a word. */
const KEEP_ALIVE = 60_000;
const LONGEST_TIMER = 2 ** 31 - 1;

const REASONS: Readonly<Record<number, string>> = {
  [closeCodes.protocolError]: 'not a valid WebSocket frame',
  [closeCodes.tooBig]: 'frame too large',
};

/**
 * A WebSocket through the gateway: bytes both ways, untouched and at the slower side's pace, while frame headers are
 * watched. Our own pings and their pongs are not traffic: they do not put off the end of a tunnel nobody uses.
 */
export class Tunnel {
  readonly #fromClient: ClientFrames;
  readonly #toClient: TargetFrames;
  readonly #client: Duplex;
  readonly #target: Duplex;
  readonly #ping: number;
  #silence: number;
  /** When the client last spoke, or was pinged. */
  #heard: number;
  /** When bytes last went either way. */
  #moved: number;
  #standing = 2;
  #closing = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly exchange: Exchange,
    { client, target }: TunnelEnds,
    { maxFrame, ping, silence }: TunnelLimits,
    private readonly around: TunnelSurroundings,
  ) {
    this.#client = client;
    this.#target = target;
    this.#fromClient = new ClientFrames(maxFrame, (bytes) => this.#passOn(bytes));
    this.#toClient = new TargetFrames({ write: (bytes) => this.#deliver(bytes), end: (frame) => this.#endClient(frame) });
    this.#ping = ping === 0 ? Number.POSITIVE_INFINITY : ping;
    this.#silence = silence === 0 ? Number.POSITIVE_INFINITY : silence;
    this.#heard = this.#moved = around.clock.elapsed();
  }

  /** Lets the bytes flow. Called once. */
  open(): void {
    const [client, target] = [this.#client, this.#target];
    watch(client, target, () => this.#gone(target));
    watch(target, client, () => this.#gone(client));
    client.on('data', (chunk: Buffer) => this.#hear(chunk)).on('end', () => this.#halfClosed(target));
    target.on('data', (chunk: Buffer) => this.#toClient.take(chunk)).on('end', () => this.#halfClosed(client));
    client.resume();
    target.resume();
    this.#schedule();
  }

  /**
   * Tells both ends why, and lets go of them. Only the first reason counts.
   * @param code close code (RFC 6455 7.4).
   * @param reason short ASCII text.
   */
  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#moved = this.around.clock.elapsed();
    this.#silence = LINGER;
    this.#schedule();
    if (this.#target.writable) this.#target.end(this.#fromClient.mayClose ? maskedCloseFrame(code, reason) : undefined);
    this.#toClient.finish(closeFrame(code, reason));
    // Unread bytes would turn our goodbye into a reset.
    this.#client.resume();
  }

  #hear(chunk: Buffer): void {
    this.#heard = this.around.clock.elapsed();
    this.exchange.bytesIn += chunk.length;
    if (this.#closing) return;
    const fault = this.#fromClient.take(chunk);
    if (fault !== 0) this.close(fault, REASONS[fault] as string);
  }

  #passOn(bytes: Buffer): void {
    this.#moved = this.#heard;
    if (this.#target.writable && !this.#target.write(bytes)) this.#client.pause();
  }

  #deliver(bytes: Buffer): void {
    if (!this.#closing && bytes !== pingFrame) this.#moved = this.around.clock.elapsed();
    this.exchange.bytesOut += bytes.length;
    if (this.#client.writable && !this.#client.write(bytes)) this.#target.pause();
  }

  #endClient(frame: Buffer | null): void {
    if (frame !== null) this.exchange.bytesOut += frame.length;
    if (this.#client.writable) this.#client.end(frame ?? undefined);
    this.#target.resume();
  }

  #halfClosed(other: Duplex): void {
    if (other.writable) other.end();
    this.#silence = Math.min(this.#silence, HALF_CLOSED);
    this.#schedule();
  }

  /** One connection is gone: the other one gets what is still on its way to it, then it is let go. */
  #gone(other: Duplex): void {
    if (--this.#standing === 0) {
      clearTimeout(this.#timer ?? undefined);
      this.around.closed();
      return;
    }
    this.#closing = true;
    this.#moved = this.around.clock.elapsed();
    this.#silence = LINGER;
    this.#schedule();
    if (other.writable) other.end();
    other.resume();
  }

  #schedule(): void {
    clearTimeout(this.#timer ?? undefined);
    const due = Math.min(this.#moved + this.#silence, this.#closing ? Number.POSITIVE_INFINITY : this.#heard + this.#ping);
    const delay = Math.max(1, Math.ceil(due - this.around.clock.elapsed()));
    this.#timer = delay === Number.POSITIVE_INFINITY ? null : setTimeout(() => this.#tick(), Math.min(delay, LONGEST_TIMER));
  }

  #tick(): void {
    const now = this.around.clock.elapsed();
    if (now - this.#moved >= this.#silence) {
      if (this.#closing) {
        this.#client.destroy();
        this.#target.destroy();
        return;
      }
      this.close(closeCodes.away, 'idle for too long');
      return;
    }
    if (!this.#closing && now - this.#heard >= this.#ping) this.#askClient(now);
    this.#schedule();
  }

  #askClient(now: number): void {
    this.#heard = now;
    // A client that is behind with reading is not silent for lack of a ping.
    if (this.#fromClient.closeSeen || this.#client.writableNeedDrain) return;
    this.#fromClient.expectPong();
    this.#toClient.interject(pingFrame);
  }
}

/** What holds for both ends alike. */
function watch(end: Duplex, other: Duplex, gone: () => void): void {
  if (end instanceof Socket) end.setNoDelay(true).setTimeout(0).setKeepAlive(true, KEEP_ALIVE);
  // Every error is followed by a close.
  end.on('error', ignore).on('drain', () => other.resume());
  if (end.closed) gone();
  else end.once('close', gone);
}

function ignore(): void {}
