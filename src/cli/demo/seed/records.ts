import { type Attendance, attendanceStatuses, type Justification, type School } from '../model.js';
import { Collection } from '../toolkit/collection.js';
import { at, day, times } from './tools.js';

/** Five days of roll calls, the same on every start: mostly present, as in a real school. */
function rollCalls(students: number, now: number): Attendance[] {
  return times(students * 5, (index) => ({
    student_id: (index % students) + 1,
    course_id: Math.floor((index % students) / 12) * 2 + 1,
    date: day(now, Math.floor(index / students) - 5),
    status: index % 7 === 3 ? at(attendanceStatuses, 1 + Math.floor(index / 7)) : 'present',
    method: index % 3 === 0 ? ('manual' as const) : ('face-recognition' as const),
  }));
}

const certificate = {
  field: 'attachments[0]',
  name: 'certificat.pdf',
  type: 'application/pdf',
  size: 48_213,
  sha256: '0'.repeat(64),
};

function justifications(now: number): Justification[] {
  const period = { start_date: day(now, -1), end_date: day(now, -1) };
  const pending = { ...period, status: 'pending' as const, reviewed_by: null };
  const approved = { ...period, status: 'approved' as const, reviewed_by: 2 };
  return [
    { ...pending, student_id: 1, reason: 'Rendez-vous médical', attachments: [certificate] },
    { ...approved, student_id: 5, reason: 'Retard du bus scolaire', attachments: [] },
  ];
}

export function seedRecords(students: number, now: number): Pick<School, 'attendance' | 'justifications'> {
  return {
    attendance: new Collection(rollCalls(students, now)),
    justifications: new Collection(justifications(now)),
  };
}
