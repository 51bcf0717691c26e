import type { IncomingMessage } from 'node:http';
import type { School } from './model.js';
import type { AccessTokens } from './tokens.js';
import { Refusal } from './toolkit/call.js';
import type { SocketCall } from './toolkit/socket-hub.js';

const families: ReadonlySet<string> = new Set(['etudiant', 'student', 'parent']);

/** The user the gateway vouches for. It may send the number or, like the original, the username. */
export function callerId(request: IncomingMessage, { users }: School): number {
  const header = request.headers['x-user-id'];
  const id = /^\d+$/.test(String(header)) ? Number(header) : users.find(({ username }) => username === header)?.id;
  if (id === undefined) throw new Refusal(401, 'Utilisateur inconnu : l’en-tête X-User-ID vient de la passerelle');
  return id;
}

/** Pupils and parents see their own; the staff, and whoever reaches the service without a gateway, see all. */
export function studentsVisibleTo(request: IncomingMessage, school: School): (studentId: number) => boolean {
  if (!families.has(String(request.headers['x-user-role']))) return () => true;
  const caller = callerId(request, school);
  const parentIds = new Set(school.parents.where(({ user_id }) => user_id === caller).map(({ id }) => id));
  const own = school.students.where(({ user_id, parent_id }) => user_id === caller || parentIds.has(parent_id ?? 0));
  const ids = new Set(own.map(({ id }) => id));
  return (studentId) => ids.has(studentId);
}

/** Who opens a WebSocket: a browser cannot send headers there, so without a gateway the token in the query counts. */
export async function socketCallerId(
  { request, query }: SocketCall,
  who: { school: School; tokens: AccessTokens },
): Promise<number> {
  if (request.headers['x-user-id'] !== undefined) return callerId(request, who.school);
  const id = await who.tokens.verify(query.get('token') ?? '');
  if (id === undefined) throw new Refusal(401, 'Token invalide');
  return id;
}
