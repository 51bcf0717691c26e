import { z } from 'zod';
import { socketCallerId } from '../callers.js';
import type { Conversation, Message } from '../model.js';
import { Refusal } from '../toolkit/call.js';
import type { Row } from '../toolkit/collection.js';
import { type Frame, SocketHub } from '../toolkit/socket-hub.js';
import type { Surroundings } from './demo-service.js';

interface Member {
  readonly userId: number;
  /** Set on `/ws/conversation/<id>`: that member hears of no other. */
  readonly only: number | undefined;
  /** Where this member hears who is typing. */
  readonly joined: Set<number>;
}

const frameSchema = z.object({
  type: z.enum(['typing', 'join_conversation', 'leave_conversation']),
  data: z.object({ conversation_id: z.number() }),
});

/** `/ws` hears every conversation of its user, `/ws/conversation/<id>` one of them. */
export class MessagingSockets {
  readonly hub = new SocketHub<Member>({
    accept: async (call) => {
      const id = /^\/ws(?:\/conversation\/(\d+))?$/.exec(call.path);
      if (!id) throw new Refusal(404, 'Not Found');
      const only = id[1] === undefined ? undefined : Number(id[1]);
      const userId = await socketCallerId(call, this.around);
      if (only !== undefined && !this.#takesPart(userId, only))
        throw new Refusal(404, `Conversation ${only} introuvable`);
      return { userId, only, joined: new Set(only === undefined ? [] : [only]) };
    },
    receive: (member, frame) => this.#receive(member, frame),
  });

  constructor(readonly around: Surroundings) {}

  announce(conversation: Row<Conversation>, message: Row<Message>): void {
    const { participants, id } = conversation;
    const concerned = ({ userId, only }: Member): boolean => participants.includes(userId) && (only ?? id) === id;
    this.hub.publish({ type: 'new_message', data: message }, concerned);
    this.hub.publish({ type: 'conversation_updated', data: conversation }, concerned);
  }

  #takesPart(userId: number, conversationId: number): boolean {
    return this.around.school.conversations.get(conversationId)?.participants.includes(userId) ?? false;
  }

  #receive(member: Member, input: unknown): Frame | undefined {
    const { success, data: frame } = frameSchema.safeParse(input);
    if (!success) return { type: 'error', data: { detail: 'Trame inconnue' } };
    const { conversation_id: id } = frame.data;
    if (!this.#takesPart(member.userId, id))
      return { type: 'error', data: { detail: `Conversation ${id} introuvable` } };
    switch (frame.type) {
      case 'join_conversation':
        member.joined.add(id);
        return { type: 'conversation_joined', data: { conversation_id: id } };
      case 'leave_conversation':
        member.joined.delete(id);
        return { type: 'conversation_left', data: { conversation_id: id } };
      case 'typing': {
        const data = { conversation_id: id, user_id: member.userId };
        this.hub.publish({ type: 'typing', data }, (other) => other !== member && other.joined.has(id));
        return undefined;
      }
    }
  }
}
