import { accounts } from './001-accounts.js';
import { sessions } from './002-sessions.js';
import { keys } from './003-keys.js';
import { records } from './004-records.js';
import type { Migration } from './migration.js';

/** All of them, in their order. New ones come last. */
export const migrations: readonly Migration[] = [accounts, sessions, keys, records];
