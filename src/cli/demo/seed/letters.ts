import type { School } from '../model.js';
import { Collection } from '../toolkit/collection.js';
import { day } from './tools.js';

/** What the four users wrote to each other, and what they were told, the day before. */
export function seedLetters(now: number): Pick<School, 'conversations' | 'messages' | 'notifications'> {
  const then = `${day(now, -1)}T16:05:00.000Z`;
  const sent = { sent_at: then, read_by: [] };
  const told = { created_at: then, type: 'absence', read: false };
  return {
    conversations: new Collection([
      { subject: 'Absence de Salma', participants: [2, 4], updated_at: then },
      { subject: 'Devoir de mathématiques', participants: [2, 3], updated_at: then },
      { subject: 'Conseil de classe', participants: [1, 2], updated_at: then },
    ]),
    messages: new Collection([
      { ...sent, conversation_id: 1, sender_id: 2, content: 'Bonjour, Salma était absente hier matin.' },
      { ...sent, conversation_id: 1, sender_id: 4, content: 'Bonjour, elle était chez le médecin.' },
      { ...sent, conversation_id: 2, sender_id: 3, content: 'Faut-il rendre l’exercice 4 ?' },
      { ...sent, conversation_id: 3, sender_id: 1, content: 'Le conseil de classe aura lieu jeudi à 17 h.' },
    ]),
    notifications: new Collection([
      { ...told, user_id: 3, title: 'Absence enregistrée', message: 'Mathématiques, hier' },
      { ...told, user_id: 4, title: 'Absence de Salma', message: 'Une justification est attendue' },
      { ...told, user_id: 2, type: 'info', title: 'Conseil de classe', message: 'Jeudi à 17 h', read: true },
    ]),
  };
}
