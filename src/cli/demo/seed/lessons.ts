import type { Assignment, Class, Course, Schedule, School } from '../model.js';
import { Collection } from '../toolkit/collection.js';
import { at, day, times } from './tools.js';

export const subjects = [
  'Mathématiques',
  'Physique-chimie',
  'Français',
  'Histoire-géographie',
  'Anglais',
  'Informatique',
] as const;
const days = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi'] as const;

const classOf = (name: string): Class => ({ name, level: name.replace(/ .*/, ''), year: '2025-2026' });

function course(index: number): Course {
  const class_id = Math.floor(index / 2) + 1;
  return { name: at(subjects, index), code: `C${101 + index}`, teacher_id: index + 1, class_id, hours: 60 };
}

function schedule(index: number): Schedule {
  const room = `Salle ${11 + (index % 4)}`;
  return { course_id: (index % 6) + 1, day: at(days, index), starts_at: '08:30:00', ends_at: '10:20:00', room };
}

/** Two courses per class, two lessons a week each, and something to hand in. */
export function seedLessons(now: number): Pick<School, 'classes' | 'courses' | 'schedules' | 'assignments'> {
  const assignment = (index: number): Assignment => {
    const title = `Devoir ${index + 1} : ${at(subjects, index)}`;
    return { course_id: index + 1, title, due_date: day(now, index + 3) };
  };
  return {
    classes: new Collection(['2nde A', '1re B', 'Tle C'].map(classOf)),
    courses: new Collection(times(subjects.length, course)),
    schedules: new Collection(times(2 * subjects.length, schedule)),
    assignments: new Collection(times(subjects.length, assignment)),
  };
}
