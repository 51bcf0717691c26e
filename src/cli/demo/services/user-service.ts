import { parentSchema, studentSchema, teacherSchema, userSchema } from '../model.js';
import { resource } from '../toolkit/resource.js';
import type { DemoService, Surroundings } from './demo-service.js';

/** Serves bare paths: the gateway takes `/api/v1` off. Lists of people want their trailing slash, `/users` has none. */
export function userService({ school }: Surroundings): DemoService {
  return {
    description: 'Élèves, enseignants, parents et comptes',
    routes: {
      ...resource('/users', { rows: school.users, schema: userSchema, label: 'Utilisateur' }),
      ...resource('/students/', { rows: school.students, schema: studentSchema, label: 'Élève' }),
      ...resource('/teachers/', { rows: school.teachers, schema: teacherSchema, label: 'Enseignant' }),
      ...resource('/parents/', { rows: school.parents, schema: parentSchema, label: 'Parent' }),
    },
  };
}
