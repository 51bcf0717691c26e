import { type Attendance, attendanceStatuses } from '../model.js';

/** How often each status occurs, and the share of those who came (late counts as come). */
export function summary(rows: readonly Attendance[]): object {
  const counts = attendanceStatuses.map(
    (status) => [status, rows.filter((row) => row.status === status).length] as const,
  );
  const came = rows.filter(({ status }) => status === 'present' || status === 'late').length;
  return {
    total: rows.length,
    ...Object.fromEntries(counts),
    rate: rows.length === 0 ? null : Number((came / rows.length).toFixed(4)),
  };
}
