import type { School } from '../model.js';
import { Collection } from '../toolkit/collection.js';
import { seedLessons } from './lessons.js';
import { seedLetters } from './letters.js';
import { seedPeople } from './people.js';
import { seedRecords } from './records.js';
import { demoUsers } from './users.js';

/** A small school, whole and plausible, as it was at `now`. */
export function seedSchool(now: number): School {
  const people = seedPeople();
  return {
    users: new Collection(demoUsers),
    ...people,
    ...seedLessons(now),
    ...seedRecords(people.students.size, now),
    ...seedLetters(now),
  };
}
