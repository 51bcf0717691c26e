import type { AuditFigures } from '#libs/kernel';
import { counter, gauge, type MetricFamily } from './metric-family.js';

/** The audit trail of a process; `null` while nothing was recorded. */
export function auditFamilies(figures: AuditFigures | null): MetricFamily[] {
  if (figures === null) return [];
  return [
    counter('gateway_audit_entries_total', 'Entries of the audit trail.', [[{}, figures.entries]]),
    counter('gateway_audit_merged_total', 'Refusals and the like that are in the number of another entry, for they were the same.', [[{}, figures.merged]]),
    counter('gateway_audit_dropped_total', 'Entries that are lost, for there was no room for them.', [[{}, figures.dropped]]),
    gauge('gateway_audit_spooled_bytes', 'Bytes of entries that are not in the database yet.', [[{}, figures.spooled]]),
  ];
}
