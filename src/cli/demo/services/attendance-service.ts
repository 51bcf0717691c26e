import { z } from 'zod';
import { studentsVisibleTo } from '../callers.js';
import { type Attendance, attendanceSchema } from '../model.js';
import { readBody } from '../toolkit/body.js';
import { type Call, created, type Handler, idOf } from '../toolkit/call.js';
import type { Row } from '../toolkit/collection.js';
import { download } from '../toolkit/download.js';
import { paginate } from '../toolkit/page.js';
import { resource } from '../toolkit/resource.js';
import type { DemoService, Surroundings } from './demo-service.js';
import { summary } from './summary.js';

const base = '/api/v1/attendance';
const columns = ['id', 'student_id', 'course_id', 'date', 'status', 'method'] as const;
const bulkSchema = z.object({ records: z.array(attendanceSchema).min(1).max(500) });

/** Serves `/api/v1/attendance` itself, and trusts whoever reaches it: only the gateway should. */
export function attendanceService({ school }: Surroundings): DemoService {
  const rows = school.attendance;
  const visible = ({ request }: Call): ((row: { student_id: number }) => boolean) => {
    const mine = studentsVisibleTo(request, school);
    return ({ student_id }) => mine(student_id);
  };
  const seen = (call: Call): Row<Attendance>[] => rows.where(visible(call));
  /** A list of what belongs to the id in the path. */
  const listOf = (belongs: (row: Attendance, id: number) => boolean): Handler => {
    return (call) => {
      const id = idOf(call);
      const own = seen(call).filter((row) => belongs(row, id));
      return paginate(own, call.query);
    };
  };
  return {
    description: 'Présences',
    routes: {
      ...resource(base, { rows, schema: attendanceSchema, label: 'Présence', visible }),
      [`POST ${base}/mark`]: async ({ request }) => created(rows.add(await readBody(request, attendanceSchema))),
      [`POST ${base}/bulk-mark`]: async ({ request }) => {
        const { records } = await readBody(request, bulkSchema);
        return created({ data: records.map((record) => rows.add(record)), total: records.length });
      },
      [`GET ${base}/student/:id`]: listOf(({ student_id }, id) => student_id === id),
      [`GET ${base}/course/:id`]: listOf(({ course_id }, id) => course_id === id),
      [`GET ${base}/class/:id`]: listOf(({ student_id }, id) => school.students.get(student_id)?.class_id === id),
      [`GET ${base}/reports`]: (call) => summary(seen(call)),
      [`GET ${base}/export`]: (call) => download(call, 'presences.csv', seen(call), columns),
    },
  };
}
