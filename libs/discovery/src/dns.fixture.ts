import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { AUTHORITATIVE_ANSWER, decode, encode, type Answer, type DecodedPacket, type Packet } from 'dns-packet';

/** A question that came, and how. */
export interface Asked {
  readonly name: string;
  readonly type: string;
  readonly over: 'udp' | 'tcp';
  readonly id: number;
  /** `performance.now()`. */
  readonly at: number;
  readonly from: number;
  readonly packet: DecodedPacket;
}

/** What a server says: parts of a message, whole packets as they are, or nothing. */
export type Reply = (Packet & { readonly rcode?: number }) | readonly Buffer[] | null;

export interface FakeDns extends AsyncDisposable {
  readonly server: string;
  readonly asked: readonly Asked[];
}

export const RCODE = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

/** A DNS server that says what a test wants, over UDP and TCP on one free port. */
export async function fakeDns(reply: (asked: Asked) => Reply): Promise<FakeDns> {
  const asked: Asked[] = [];
  const udp = createSocket('udp4');
  const answer = (bytes: Buffer, over: 'udp' | 'tcp', from: number): readonly Buffer[] => {
    const packet = decode(bytes);
    const { name = '', type = '' } = packet.questions?.[0] ?? {};
    const one: Asked = { name, type, over, id: packet.id ?? 0, at: performance.now(), from, packet };
    asked.push(one);
    const said = reply(one);
    return said === null ? [] : 'length' in said ? said : [message(packet, said)];
  };
  udp.on('message', (bytes, { address, port }) => {
    for (const packet of answer(bytes, 'udp', port)) udp.send(packet, port, address);
  });
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      for (const packet of answer(chunk.subarray(2), 'tcp', socket.remotePort ?? 0)) {
        const length = Buffer.from([packet.length >> 8, packet.length & 255]);
        // Two writes, cut where nobody expects it.
        socket.write(Buffer.concat([length, packet.subarray(0, 5)]));
        setTimeout(() => socket.write(packet.subarray(5)), 10);
      }
    });
  });
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  const { port } = tcp.address() as AddressInfo;
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
  return {
    server: `127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      udp.close();
      await new Promise((resolve) => tcp.close(resolve));
    },
  };
}

/** The answer to a query, with `rcode` in its flags. */
export function message(query: Packet, { rcode = 0, flags = AUTHORITATIVE_ANSWER, ...parts }: Packet & { readonly rcode?: number }): Buffer {
  return encode({ type: 'response', id: query.id ?? 0, questions: query.questions ?? [], ...parts, flags: flags | rcode });
}

export const a = (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, data, ttl });
export const aaaa = (name: string, data: string, ttl = 60): Answer => ({ type: 'AAAA', name, data, ttl });
export const cname = (name: string, data: string, ttl = 60): Answer => ({ type: 'CNAME', name, data, ttl });
export const ns = (name: string, data: string): Answer => ({ type: 'NS', name, data, ttl: 60 });
export const srv = (name: string, target: string, port: number, [priority, weight, ttl = 60]: readonly [number, number, number?]): Answer => ({ type: 'SRV', name, ttl, data: { target, port, priority, weight } });
export const soa = (name: string, minimum: number, ttl = 3600): Answer => ({
  type: 'SOA', name, ttl, data: { mname: 'ns', rname: 'root', serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
});
