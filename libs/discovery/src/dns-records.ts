import type { Answer, SrvData } from 'dns-packet';
import { Unanswered, type Client } from './dns-client.js';
import { sameName, type Message, type Question, type RecordType } from './dns-message.js';

/** What a name has of one type, and for how long that is so. */
export interface Records<T> {
  readonly data: readonly T[];
  /** Seconds, of the record that ends first, or of there being none; 0 when nobody said. */
  readonly ttl: number;
}

/** Data of a record by its type. */
export interface DataOf {
  A: string;
  AAAA: string;
  SRV: SrvData;
}

/** Other names a name may lead to, one after the other. */
const MOST_ALIASES = 8;

/**
 * The records of a name, through aliases wherever they lead.
 * @throws Unanswered when nobody answers, or the aliases lead nowhere.
 */
export async function recordsOf<T extends RecordType>(client: Client, name: string, type: T): Promise<Records<DataOf[T]>> {
  let question: Question = { name, type };
  let ttl = Number.POSITIVE_INFINITY;
  for (let asked = 0; asked < MOST_ALIASES; asked += 1) {
    const message = await client.ask(question);
    const found = read<DataOf[T]>(message, question);
    ttl = Math.min(ttl, found.ttl);
    if (found.data.length > 0 || found.end === question.name || isNegative(message)) return { data: found.data, ttl };
    // The server is not in charge of the last name, and did not ask for it.
    question = { name: found.end, type };
  }
  throw new Unanswered(`${name} leads from one alias to the next without end`);
}

interface Found<T> extends Records<T> {
  /** The name at the end of the aliases. */
  readonly end: string;
}

function read<T>(message: Message, { name, type }: Question): Found<T> {
  const answers = message.answers ?? [];
  let end = name;
  let ttl = Number.POSITIVE_INFINITY;
  for (let hops = 0; hops <= answers.length; hops += 1) {
    const here = answers.filter((answer) => sameName(answer.name, end));
    const records = here.filter((answer) => answer.type === type) as (Answer & { ttl?: number; data: T })[];
    if (records.length > 0) return { data: records.map(({ data }) => data), ttl: Math.min(ttl, ...records.map(secondsOf)), end };
    const alias = here.find((answer) => answer.type === 'CNAME') as { ttl?: number; data: string } | undefined;
    if (!alias) return { data: [], ttl: Math.min(ttl, absence(message)), end };
    ttl = Math.min(ttl, secondsOf(alias));
    end = alias.data;
  }
  throw new Unanswered(`${name} is an alias of itself`);
}

function isNegative(message: Message): boolean {
  return message.rcode === 'NXDOMAIN' || (message.authorities ?? []).some(({ type }) => type === 'SOA');
}

/** RFC 2308 5: for how long there is none. Seconds. */
function absence(message: Message): number {
  for (const authority of message.authorities ?? []) {
    if (authority.type === 'SOA') return Math.min(secondsOf(authority), authority.data.minimum ?? 0);
  }
  return 0;
}

/** RFC 2181 8: the highest bit means 0. */
function secondsOf({ ttl = 0 }: { ttl?: number | undefined }): number {
  return ttl >= 2 ** 31 ? 0 : ttl;
}
