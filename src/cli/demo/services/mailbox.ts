import { callerId } from '../callers.js';
import { type Conversation, conversationSchema, type Message, messageSchema } from '../model.js';
import { readBody } from '../toolkit/body.js';
import { type Call, created } from '../toolkit/call.js';
import type { Row } from '../toolkit/collection.js';
import { rowOf } from '../toolkit/resource.js';
import type { Surroundings } from './demo-service.js';
import type { MessagingSockets } from './messaging-sockets.js';

/** Conversations as their participants see them. */
export class Mailbox {
  constructor(
    readonly around: Surroundings,
    readonly sockets: MessagingSockets,
  ) {}

  /** A conversation of others does not exist, even for an admin: mail is private. */
  mine({ request }: Call): (row: Conversation) => boolean {
    const caller = callerId(request, this.around.school);
    return ({ participants }) => participants.includes(caller);
  }

  conversation(call: Call): Row<Conversation> {
    const visible = (of: Call): ((row: Conversation) => boolean) => this.mine(of);
    return rowOf(call, { rows: this.around.school.conversations, label: 'Conversation', visible });
  }

  async start({ request }: Call): Promise<unknown> {
    const caller = callerId(request, this.around.school);
    const { subject, participants } = await readBody(request, conversationSchema);
    const everyone = [...new Set([caller, ...participants])];
    return created(this.around.school.conversations.add({ subject, participants: everyone, updated_at: this.#now() }));
  }

  async post(call: Call): Promise<unknown> {
    const { school } = this.around;
    const { content } = await readBody(call.request, messageSchema);
    const { id, ...conversation } = this.conversation(call);
    const sender_id = callerId(call.request, school);
    const sent_at = this.#now();
    const message = school.messages.add({ conversation_id: id, sender_id, content, sent_at, read_by: [sender_id] });
    this.sockets.announce(school.conversations.replace(id, { ...conversation, updated_at: sent_at }), message);
    return created(message);
  }

  markRead(call: Call): object {
    const { messages } = this.around.school;
    const caller = callerId(call.request, this.around.school);
    const { id } = this.conversation(call);
    const unread = messages.where((row) => row.conversation_id === id && !row.read_by.includes(caller));
    for (const row of unread) messages.replace(row.id, { ...row, read_by: [...row.read_by, caller] });
    return { read: unread.length };
  }

  withdraw(call: Call): void {
    const { messages } = this.around.school;
    const caller = callerId(call.request, this.around.school);
    const mine = (row: Message): boolean => row.sender_id === caller;
    messages.remove(rowOf(call, { rows: messages, label: 'Message', visible: () => mine }).id);
  }

  #now(): string {
    return new Date(this.around.clock()).toISOString();
  }
}
