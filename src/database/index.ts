export { ChangeFeed } from './change-feed.js';
export { ChangeFeeds, type BuiltChanges } from './change-feeds.js';
export type { Change, Changes, NewChange } from './changes.js';
export { connect, engineOf, placeOf, type DatabaseFile, type DatabasePlace } from './connect.js';
export type { Database, OwnDatabase } from './database.js';
export type { BuiltDatabase } from './database-directory.js';
export type { DatabaseKind } from './engine.js';
export { isDuplicate, isMissingReference } from './errors.js';
export { migrate, stateOf, Unmigrated, type MigrationState } from './migrate.js';
export type {
  AccountTable, ApiKeyTable, AuditTable, ChangeTable, Flag, LoginFailureTable, OneTimeTokenTable, RefreshTokenTable, RevocationTable, SessionTable, SigningKeyTable, Tables,
} from './tables.js';
