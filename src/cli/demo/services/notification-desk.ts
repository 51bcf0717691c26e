import { callerId, socketCallerId } from '../callers.js';
import type { Notification } from '../model.js';
import { type Call, Refusal } from '../toolkit/call.js';
import type { Row } from '../toolkit/collection.js';
import { EventStreams, type ServerEvent } from '../toolkit/event-streams.js';
import { SocketHub } from '../toolkit/socket-hub.js';
import type { Surroundings } from './demo-service.js';

const eventOf = (row: Row<Notification>): ServerEvent => ({ id: row.id, event: 'new_notification', data: row });

/** Keeps notifications and tells those who listen, by WebSocket or by event stream. */
export class NotificationDesk {
  readonly streams = new EventStreams<number>();
  readonly hub = new SocketHub<number>({
    accept: async (call) => {
      if (call.path !== '/ws/notifications') throw new Refusal(404, 'Not Found');
      return socketCallerId(call, this.around);
    },
    receive: () => undefined,
  });

  constructor(readonly around: Surroundings) {}

  readonly own = ({ request }: Call): ((row: Notification) => boolean) => {
    const caller = callerId(request, this.around.school);
    return ({ user_id }) => user_id === caller;
  };

  notify(notification: Omit<Notification, 'created_at'>): Row<Notification> {
    const created_at = new Date(this.around.clock()).toISOString();
    const row = this.around.school.notifications.add({ ...notification, created_at });
    const theirs = (userId: number): boolean => userId === row.user_id;
    this.hub.publish({ type: 'new_notification', data: row }, theirs);
    this.streams.publish(eventOf(row), theirs);
    return row;
  }

  /** A browser that was cut off says what it heard last; the rest is sent first. */
  listen(call: Call): void {
    const last = Number(call.request.headers['last-event-id'] ?? Number.NaN);
    const own = this.own(call);
    const missed = this.around.school.notifications.where((row) => row.id > last && own(row));
    this.streams.open(call, callerId(call.request, this.around.school), missed.map(eventOf));
  }
}
