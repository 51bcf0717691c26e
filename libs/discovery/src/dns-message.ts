import { randomInt } from 'node:crypto';
import { decode, encode, RECURSION_DESIRED, type DecodedPacket } from 'dns-packet';

export type RecordType = 'A' | 'AAAA' | 'SRV';

export interface Question {
  readonly name: string;
  readonly type: RecordType;
}

/** An answer of a server, with the code that dns-packet's types leave out, such as `NXDOMAIN`. */
export type Message = DecodedPacket & { readonly rcode: string };

/** One question on its way, with the id its answer has to have. */
export interface Query {
  readonly id: number;
  readonly question: Question;
  readonly bytes: Buffer;
}

/** Bytes of an answer over UDP that no path takes apart, as DNS Flag Day 2020 has it. */
const PAYLOAD = 1232;

/** A query with EDNS (RFC 6891) and an id that nobody can guess, which `Random` of a test is not for (RFC 5452). */
export function ask(question: Question): Query {
  const id = randomInt(65_536);
  const edns = { type: 'OPT', name: '.', udpPayloadSize: PAYLOAD, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] } as const;
  const { name, type } = question;
  const bytes = encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ name, type, class: 'IN' }], additionals: [{ ...edns, options: [] }] });
  return { id, question, bytes };
}

/**
 * The message in a packet, if it answers the query: same id, same question.
 * @returns `null` for what anybody may have sent.
 */
export function answerTo({ id, question }: Query, packet: Buffer): Message | null {
  const message = decoded(packet);
  if (message?.flag_qr !== true || message.id !== id) return null;
  // A server that cannot read the question may leave it out.
  const [asked, ...others] = message.questions ?? [];
  if (asked === undefined) return message.rcode === 'FORMERR' || message.rcode === 'NOTIMP' ? message : null;
  return others.length === 0 && sameName(asked.name, question.name) && asked.type === question.type ? message : null;
}

function decoded(packet: Buffer): Message | null {
  try {
    return decode(packet) as Message;
  } catch {
    return null;
  }
}

/** Names know no case, and a dot at the end means nothing here (RFC 4343). */
export function sameName(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
