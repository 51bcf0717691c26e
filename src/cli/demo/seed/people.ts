import type { Parent, School, Student, Teacher } from '../model.js';
import { Collection } from '../toolkit/collection.js';
import { subjects } from './lessons.js';
import { at, times } from './tools.js';

const firstNames = 'Salma Mehdi Camille Imane Omar Léa Rania Hugo Zineb Adam Chloé Anas'.split(' ');
const lastNames = 'Idrissi Alaoui Moreau Tazi Bennani Lefèvre Chraïbi Garnier Fassi Berrada Roux Sekkat'.split(' ');
const perClass = 12;

function named(first_name: string, last_name: string): Pick<Student, 'first_name' | 'last_name' | 'email'> {
  const plain = `${first_name}.${last_name}`.normalize('NFD').replace(/[^\w.]/g, '');
  return { first_name, last_name, email: `${plain.toLowerCase()}@presencepro.example` };
}

function student(index: number): Student {
  const rank = Math.floor(index / perClass);
  const name = named(at(firstNames, index), at(lastNames, index + rank * 5));
  return { ...name, class_id: rank + 1, parent_id: index + 1, user_id: index === 0 ? 3 : null };
}

function parent({ last_name }: Student, index: number): Parent {
  const phone = `+212 600 00 00 ${String(index).padStart(2, '0')}`;
  if (index === 0) return { ...named('Karim', last_name), phone, user_id: 4 };
  return { ...named(at(firstNames, index + 4), last_name), phone, user_id: null };
}

function teacher(index: number): Teacher {
  const subject = at(subjects, index);
  if (index === 0) return { ...named('Youssef', 'El Amrani'), subject, user_id: 2 };
  return { ...named(at(firstNames, index + 2), at(lastNames, index + 7)), subject, user_id: null };
}

/** Three classes of twelve, a parent each, and a teacher per subject. */
export function seedPeople(): Pick<School, 'students' | 'teachers' | 'parents'> {
  const students = times(3 * perClass, student);
  return {
    students: new Collection(students),
    teachers: new Collection(times(subjects.length, teacher)),
    parents: new Collection(students.map(parent)),
  };
}
