import { z } from 'zod';
import { type Notification, notificationSchema, roles } from '../model.js';
import { readBody } from '../toolkit/body.js';
import { type Call, created, type Handler } from '../toolkit/call.js';
import type { Row } from '../toolkit/collection.js';
import { paginate } from '../toolkit/page.js';
import { existing, rowOf } from '../toolkit/resource.js';
import type { DemoService, Surroundings } from './demo-service.js';
import { NotificationDesk } from './notification-desk.js';

const base = '/api/v1/notifications';
const broadcastSchema = notificationSchema
  .omit({ user_id: true, read: true })
  .extend({ roles: z.array(z.enum(roles)).default([...roles]) });

/** Serves `/api/v1/notifications` itself. Everyone sees their own, by X-User-ID. */
export function notificationService(around: Surroundings): DemoService {
  const { notifications: rows, users } = around.school;
  const desk = new NotificationDesk(around);
  const options = { rows, schema: notificationSchema.pick({ read: true }), label: 'Notification', visible: desk.own };
  const list: Handler = (call) => paginate(rows.where(desk.own(call)), call.query);
  const unread = (call: Call): Row<Notification>[] => rows.where(desk.own(call)).filter((row) => !row.read);
  const read = (row: Row<Notification>): Row<Notification> => rows.replace(row.id, { ...row, read: true });
  const readOne: Handler = (call) => read(rowOf(call, options));
  return {
    description: 'Notifications, aussi par WebSocket sur /ws/notifications et par flux d’événements',
    routes: {
      ...existing(base, options),
      [`POST ${base}`]: async ({ request }) => created(desk.notify(await readBody(request, notificationSchema))),
      [`GET ${base}/me`]: list,
      [`GET ${base}/me/unread-count`]: (call) => ({ count: unread(call).length }),
      [`PUT ${base}/me/read-all`]: (call) => ({ read: unread(call).map(read).length }),
      [`PUT ${base}/:id/read`]: readOne,
      [`PATCH ${base}/:id/read`]: readOne,
      [`POST ${base}/broadcast`]: async ({ request }) => {
        const { roles: wanted, ...notification } = await readBody(request, broadcastSchema);
        const audience = users.where(({ role }) => wanted.includes(role));
        for (const { id } of audience) desk.notify({ ...notification, user_id: id, read: false });
        return created({ sent: audience.length });
      },
      [`GET ${base}/stream`]: (call) => desk.listen(call),
    },
    sockets: desk.hub,
  };
}
