import type { Handler, Routes } from '../toolkit/call.js';
import { paginate } from '../toolkit/page.js';
import type { DemoService, Surroundings } from './demo-service.js';
import { Mailbox } from './mailbox.js';
import { MessagingSockets } from './messaging-sockets.js';

function routesUnder(base: string, mailbox: Mailbox): Routes {
  const { conversations, messages } = mailbox.around.school;
  const list: Handler = (call) => paginate(conversations.where(mailbox.mine(call)), call.query);
  return {
    [`GET ${base}`]: list,
    [`GET ${base}/conversations`]: list,
    [`POST ${base}/conversations`]: (call) => mailbox.start(call),
    [`GET ${base}/conversations/:id`]: (call) => mailbox.conversation(call),
    [`GET ${base}/conversations/:id/messages`]: (call) => {
      const { id } = mailbox.conversation(call);
      const thread = messages.where(({ conversation_id }) => conversation_id === id);
      return paginate(thread, call.query);
    },
    [`POST ${base}/conversations/:id/messages`]: (call) => mailbox.post(call),
    [`POST ${base}/conversations/:id/read`]: (call) => mailbox.markRead(call),
    [`DELETE ${base}/messages/:id`]: (call) => mailbox.withdraw(call),
    [`GET ${base}/stats`]: () => ({ conversations: conversations.size, messages: messages.size }),
  };
}

/**
 * Serves the same table twice: under `/api/v1/messages`, which is what the original service answers to, and under
 * `/api/v1/messaging`, which is what the original gateway's route promises and never found.
 */
export function messagingService(around: Surroundings): DemoService {
  const sockets = new MessagingSockets(around);
  const mailbox = new Mailbox(around, sockets);
  return {
    description: 'Messagerie, aussi par WebSocket sur /ws et /ws/conversation/<id>',
    routes: { ...routesUnder('/api/v1/messages', mailbox), ...routesUnder('/api/v1/messaging', mailbox) },
    sockets: sockets.hub,
  };
}
