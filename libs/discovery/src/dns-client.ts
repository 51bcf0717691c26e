import type { Message, Question } from './dns-message.js';
import { nameOf, serversOf, type NamedServer } from './dns-servers.js';
import { exchange, type Limits, type Server } from './dns-transport.js';

/** Times every server is asked: a packet may get lost. */
const ROUNDS = 2;

/** No server gave an answer that can be used; the message is for people. */
export class Unanswered extends Error {}

/** Asks DNS servers, one after the other. */
export interface Client {
  /** @throws Unanswered when none of them answers; whatever the signal was aborted with. */
  ask(question: Question): Promise<Message>;
}

/**
 * A client for one lookup of a service.
 * @param timeout milliseconds one server may take for one answer.
 */
export async function clientOf(named: readonly NamedServer[], timeout: number, signal: AbortSignal): Promise<Client> {
  const servers = await serversOf(named).catch((error: unknown) => {
    throw new Unanswered(`the DNS server cannot be found: ${(error as Error).message}`);
  });
  return { ask: (question) => askInTurn(question, servers, { timeout, signal }) };
}

async function askInTurn(question: Question, servers: readonly Server[], limits: Limits): Promise<Message> {
  const reasons = new Map<Server, string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const server of servers) {
      const outcome = await askOnce(question, server, limits);
      if (typeof outcome !== 'string') return outcome;
      reasons.set(server, outcome);
    }
  }
  const all = [...reasons].map(([server, reason]) => `${nameOf(server)} ${reason}`);
  throw new Unanswered(all.length === 0 ? 'the system names no DNS server' : `no answer for ${question.name}: ${all.join(', ')}`);
}

/** @returns an answer, or what is wrong with the server. */
async function askOnce(question: Question, server: Server, limits: Limits): Promise<Message | string> {
  try {
    return usable(await exchange(server, question, limits));
  } catch (error) {
    limits.signal.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ECONNREFUSED' ? 'refused the connection' : message;
  }
}

/** Only "it is there" and "there is none" are answers; all else may be better elsewhere or later. */
function usable(message: Message): Message | string {
  if (message.rcode !== 'NOERROR' && message.rcode !== 'NXDOMAIN') return `said ${message.rcode}`;
  const authorities = message.authorities ?? [];
  // RFC 2308 2.2: names of servers without a start of authority are a referral, not "there is none".
  const refers = !message.flag_aa && (message.answers ?? []).length === 0 && authorities.some(({ type }) => type === 'NS') && authorities.every(({ type }) => type !== 'SOA');
  return refers ? 'only named other servers; ask one that resolves names itself' : message;
}
