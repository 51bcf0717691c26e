import { assignmentSchema, classSchema, courseSchema, scheduleSchema } from '../model.js';
import { resource } from '../toolkit/resource.js';
import type { DemoService, Surroundings } from './demo-service.js';

/** Serves bare paths with a trailing slash: the gateway takes `/api/v1` off. */
export function courseService({ school }: Surroundings): DemoService {
  return {
    description: 'Cours, classes, emplois du temps et devoirs',
    routes: {
      ...resource('/courses/', { rows: school.courses, schema: courseSchema, label: 'Cours' }),
      ...resource('/classes/', { rows: school.classes, schema: classSchema, label: 'Classe' }),
      ...resource('/schedules/', { rows: school.schedules, schema: scheduleSchema, label: 'Créneau' }),
      ...resource('/assignments/', { rows: school.assignments, schema: assignmentSchema, label: 'Devoir' }),
    },
  };
}
