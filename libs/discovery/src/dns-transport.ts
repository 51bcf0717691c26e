import { createSocket } from 'node:dgram';
import { createConnection, isIPv6 } from 'node:net';
import { answerTo, ask, type Message, type Question } from './dns-message.js';

/** A DNS server. */
export interface Server {
  /** IP address. */
  readonly host: string;
  readonly port: number;
}

/** How long an answer is waited for. */
export interface Limits {
  /** Milliseconds, for each way it is asked for. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * Asks a server over UDP, and over TCP where the answer does not fit.
 * @throws Error with what it did instead of answering, or with what the signal was aborted with.
 */
export async function exchange(server: Server, question: Question, limits: Limits): Promise<Message> {
  const message = await overUdp(server, question, limits);
  return message.flag_tc ? overTcp(server, question, limits) : message;
}

/** Each question has a socket of its own, so that the system picks another port at random for it (RFC 5452 9.2). */
function overUdp({ host, port }: Server, question: Question, limits: Limits): Promise<Message> {
  const query = ask(question);
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4').unref();
  const { promise, reject, resolve } = Promise.withResolvers<Message>();
  socket.on('error', reject);
  // Others may send here too: what does not answer the question is not looked at.
  socket.on('message', (packet) => {
    const message = answerTo(query, packet);
    if (message) resolve(message);
  });
  // Connected, the system drops what comes from elsewhere, and tells when nobody listens there.
  socket.on('connect', () => socket.send(query.bytes));
  socket.connect(port, host);
  return within(limits, { promise, reject }).finally(() => socket.close());
}

function overTcp({ host, port }: Server, question: Question, limits: Limits): Promise<Message> {
  const query = ask(question);
  const { promise, reject, resolve } = Promise.withResolvers<Message>();
  const socket = createConnection({ host, port }).unref();
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.bytes.length);
  // RFC 7766 8: the length and the message in one write.
  socket.write(Buffer.concat([length, query.bytes]));
  let received = Buffer.alloc(0);
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('hung up')));
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
    const message = answerTo(query, received.subarray(2, 2 + received.readUInt16BE(0)));
    if (message) resolve(message);
    else reject(new Error('gave an answer that makes no sense'));
  });
  return within(limits, { promise, reject }).finally(() => socket.destroy());
}

async function within({ signal, timeout }: Limits, { promise, reject }: Pick<PromiseWithResolvers<Message>, 'promise' | 'reject'>): Promise<Message> {
  const aborted = (): void => reject(signal.reason);
  const timer = setTimeout(() => reject(new Error(`did not answer within ${timeout} ms`)), timeout).unref();
  if (signal.aborted) aborted();
  signal.addEventListener('abort', aborted);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', aborted);
    clearTimeout(timer);
  }
}
