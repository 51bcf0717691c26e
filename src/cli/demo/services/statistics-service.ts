import { idOf, Refusal } from '../toolkit/call.js';
import type { DemoService, Surroundings } from './demo-service.js';
import { summary } from './summary.js';

/** Serves bare `/stats/...`: the gateway takes `/api/v1` off. Counts afresh each time, so every write shows at once. */
export function statisticsService({ school }: Surroundings): DemoService {
  return {
    description: 'Statistiques de présence',
    routes: {
      'GET /stats/global': () => ({
        students: school.students.size,
        teachers: school.teachers.size,
        classes: school.classes.size,
        courses: school.courses.size,
        pending_justifications: school.justifications.where(({ status }) => status === 'pending').length,
        attendance: summary(school.attendance.where(() => true)),
      }),
      'GET /stats/class/:id': (call) => {
        const found = school.classes.get(idOf(call));
        if (!found) throw new Refusal(404, `Classe ${call.params['id']} introuvable`);
        const students = new Set(school.students.where(({ class_id }) => class_id === found.id).map(({ id }) => id));
        const attendance = summary(school.attendance.where(({ student_id }) => students.has(student_id)));
        return { class_id: found.id, name: found.name, students: students.size, attendance };
      },
      'GET /stats/student/:id': (call) => {
        const found = school.students.get(idOf(call));
        if (!found) throw new Refusal(404, `Élève ${call.params['id']} introuvable`);
        const attendance = summary(school.attendance.where(({ student_id }) => student_id === found.id));
        return { student_id: found.id, name: `${found.first_name} ${found.last_name}`, attendance };
      },
    },
  };
}
