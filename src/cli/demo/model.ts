import { z } from 'zod';
import type { Collection } from './toolkit/collection.js';

const name = z.string().trim().min(1).max(200);
const reference = z.coerce.number().int().positive();
const date = z.iso.date();
const person = { first_name: name, last_name: name, email: z.email() };

/** The issuer's own words; a gateway may hand them on as admin, teacher, student, parent. */
export const roles = ['admin', 'enseignant', 'etudiant', 'parent'] as const;

export const userSchema = z.object({
  ...person,
  username: z.string().regex(/^[\w.-]{3,50}$/),
  role: z.enum(roles),
  is_active: z.boolean().default(true),
});
export const studentSchema = z.object({
  ...person,
  class_id: reference,
  parent_id: reference.nullable().default(null),
  user_id: reference.nullable().default(null),
});
export const teacherSchema = z.object({ ...person, subject: name, user_id: reference.nullable().default(null) });
export const parentSchema = z.object({
  ...person,
  phone: z.string().max(30).default(''),
  user_id: reference.nullable().default(null),
});

export const classSchema = z.object({ name, level: name, year: name });
export const courseSchema = z.object({
  name,
  code: name,
  teacher_id: reference,
  class_id: reference,
  hours: z.number().min(0).default(0),
});
export const scheduleSchema = z.object({
  course_id: reference,
  day: z.enum(['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi']),
  starts_at: z.iso.time(),
  ends_at: z.iso.time(),
  room: name,
});
export const assignmentSchema = z.object({ course_id: reference, title: name, due_date: date });

export const attendanceStatuses = ['present', 'absent', 'late', 'excused'] as const;
export const attendanceSchema = z.object({
  student_id: reference,
  course_id: reference,
  date,
  status: z.enum(attendanceStatuses),
  method: z.enum(['manual', 'face-recognition']).default('manual'),
});

export const justificationSchema = z.object({
  student_id: reference,
  reason: z.string().trim().min(3).max(2_000),
  start_date: date,
  end_date: date,
  status: z.enum(['pending', 'approved', 'rejected']).default('pending'),
  reviewed_by: reference.nullable().default(null),
  attachments: z
    .array(z.object({ field: z.string(), name: z.string(), type: z.string(), size: z.number(), sha256: z.string() }))
    .default([]),
});

export const conversationSchema = z.object({ subject: name, participants: z.array(reference).min(1).max(50) });
export const messageSchema = z.object({ content: z.string().trim().min(1).max(5_000) });
export const notificationSchema = z.object({
  user_id: reference,
  type: name.default('info'),
  title: name,
  message: z.string().max(2_000),
  read: z.boolean().default(false),
});

export type User = z.output<typeof userSchema>;
export type Student = z.output<typeof studentSchema>;
export type Teacher = z.output<typeof teacherSchema>;
export type Parent = z.output<typeof parentSchema>;
export type Class = z.output<typeof classSchema>;
export type Course = z.output<typeof courseSchema>;
export type Schedule = z.output<typeof scheduleSchema>;
export type Assignment = z.output<typeof assignmentSchema>;
export type Attendance = z.output<typeof attendanceSchema>;
export type Justification = z.output<typeof justificationSchema>;
export type Conversation = z.output<typeof conversationSchema> & { readonly updated_at: string };
export type Message = z.output<typeof messageSchema> & {
  readonly conversation_id: number;
  readonly sender_id: number;
  readonly sent_at: string;
  readonly read_by: readonly number[];
};
export type Notification = z.output<typeof notificationSchema> & { readonly created_at: string };

/** Everything the nine services know. They share it, so that an absence marked in one changes the statistics of another. */
export interface School {
  readonly users: Collection<User>;
  readonly students: Collection<Student>;
  readonly teachers: Collection<Teacher>;
  readonly parents: Collection<Parent>;
  readonly classes: Collection<Class>;
  readonly courses: Collection<Course>;
  readonly schedules: Collection<Schedule>;
  readonly assignments: Collection<Assignment>;
  readonly attendance: Collection<Attendance>;
  readonly justifications: Collection<Justification>;
  readonly conversations: Collection<Conversation>;
  readonly messages: Collection<Message>;
  readonly notifications: Collection<Notification>;
}
