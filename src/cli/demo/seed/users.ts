import type { User } from '../model.js';

/** The password of every seeded user; the demo listens on the loopback address only. */
export const demoPassword = 'demo';

/** One user per role, ids 1 to 4. The student is student 1, the parent is that student's. */
export const demoUsers: readonly User[] = [
  { username: 'admin', first_name: 'Nadia', last_name: 'Benjelloun', role: 'admin' as const },
  { username: 'enseignant', first_name: 'Youssef', last_name: 'El Amrani', role: 'enseignant' as const },
  { username: 'etudiant', first_name: 'Salma', last_name: 'Idrissi', role: 'etudiant' as const },
  { username: 'parent', first_name: 'Karim', last_name: 'Idrissi', role: 'parent' as const },
].map((user) => ({ ...user, email: `${user.username}@presencepro.example`, is_active: true }));
