import type { z } from 'zod';
import * as model from '../model.js';
import type { Collection } from '../toolkit/collection.js';
import { seedSchool } from './school.js';
import { demoUsers } from './users.js';

const school = seedSchool(Date.UTC(2026, 2, 16));
const seeded: [string, Collection<object>, z.ZodType][] = [
  ['users', school.users, model.userSchema],
  ['students', school.students, model.studentSchema],
  ['teachers', school.teachers, model.teacherSchema],
  ['parents', school.parents, model.parentSchema],
  ['classes', school.classes, model.classSchema],
  ['courses', school.courses, model.courseSchema],
  ['schedules', school.schedules, model.scheduleSchema],
  ['assignments', school.assignments, model.assignmentSchema],
  ['attendance', school.attendance, model.attendanceSchema],
  ['justifications', school.justifications, model.justificationSchema],
  ['conversations', school.conversations, model.conversationSchema],
  ['messages', school.messages, model.messageSchema],
  ['notifications', school.notifications, model.notificationSchema],
];

it.each(seeded)('%s could have been written by a client', (_, rows, schema) => {
  expect(rows.size).toBeGreaterThan(1);
  for (const row of rows.where(() => true)) expect(schema.parse(row)).toMatchObject({});
});

it('has one user per role', () => {
  expect(demoUsers.map(({ role }) => role)).toEqual([...model.roles]);
});

it('gives every pupil a name of their own', () => {
  expect(new Set(school.students.where(() => true).map(({ email }) => email)).size).toBe(36);
});
