export { AuditDirectory, type AuditInput, type BuiltAudit } from './audit-directory.js';
export { AuditModule } from './audit.module.js';
export { exported, list, momentOf, type AuditPage, type AuditQuery, type AuditView } from './query.js';
export { parseHead, verify, type Break, type NotedHead, type Verdict } from './verify.js';
