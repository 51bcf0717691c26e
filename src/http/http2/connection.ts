import type { X509Certificate } from 'node:crypto';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { setAlarm, type Alarm, type Sleeper } from '#libs/kernel';
import type { ServerConfig } from '../../config/index.js';
import { peerCertificate } from '../peer-certificate.js';

/** Milliseconds a client has to close a connection that we have ended. */
const LINGER = 2_000;

/** One connection over HTTP/2 as the front door knows connections: it has an address, may end and may be idle. */
export class Http2Connection implements Sleeper {
  readonly encrypted = true;
  readonly remoteAddress: string | undefined;
  /** What the client proved to be. */
  readonly certificate: X509Certificate | null;
  #streams = 0;
  #alarm: Alarm | null;

  constructor(private readonly session: ServerHttp2Session, private readonly socket: TLSSocket, private readonly timeout: ServerConfig['timeout']) {
    this.remoteAddress = socket.remoteAddress;
    this.certificate = peerCertificate(socket);
    this.#alarm = setAlarm(timeout.header, this);
    session.once('close', () => this.#alarm?.clear());
  }

  get destroyed(): boolean {
    return this.session.destroyed;
  }

  once(event: 'close', listener: () => void): void {
    this.session.once(event, listener);
  }

  /** A request came: an idle connection is none any more. */
  opened(): void {
    this.#streams++;
    this.#alarm?.clear();
    this.#alarm = null;
  }

  /** A request is over. */
  closed(): void {
    if (--this.#streams > 0 || this.session.destroyed) return;
    if (this.session.closed) this.#linger();
    else this.#alarm = setAlarm(this.timeout.keepAlive, this);
  }

  /** It was idle for too long. */
  wake(): void {
    this.destroySoon();
  }

  /** GOAWAY: what came is answered, and nothing new is taken. A client may repeat elsewhere what it sent too late. */
  destroySoon(): void {
    this.session.close();
    if (this.#streams === 0) this.#linger();
  }

  destroy(): void {
    this.session.destroy();
    // One that was told to end would wait for its client to have read that.
    this.socket.destroy();
  }

  /**
   * A stream was broken off. Where not even that leaves, the client reads nothing at all: neither the stream nor what is
   * held for it would ever be over.
   */
  expectClose(stream: ServerHttp2Stream): void {
    if (stream.destroyed || this.destroyed) return;
    const alarm = setAlarm(this.timeout.header, { wake: () => this.destroy() });
    stream.once('close', () => alarm.clear());
  }

  #linger(): void {
    const timer = setTimeout(() => this.socket.destroy(), LINGER).unref();
    this.socket.once('close', () => clearTimeout(timer));
  }
}
