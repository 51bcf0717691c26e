import type { Migration } from './migration.js';

/** Logins, and the tokens that keep them going. */
export const sessions: Migration = {
  name: '002-sessions',
  up: ({ strict, time }) => [
    `create table sessions (
      id text not null primary key,
      account_id text not null references accounts (id) on delete cascade,
      created_at ${time} not null,
      last_used_at ${time} not null,
      expires_at ${time} not null,
      ended_at ${time},
      end_reason text,
      client text not null,
      agent text not null
    )${strict}`,
    'create index sessions_of_account on sessions (account_id, created_at)',
    'create index sessions_by_end on sessions (expires_at)',
    `create table refresh_tokens (
      hash text not null primary key,
      session_id text not null references sessions (id) on delete cascade,
      created_at ${time} not null,
      expires_at ${time} not null,
      used_at ${time},
      seed text
    )${strict}`,
    'create index refresh_tokens_of_session on refresh_tokens (session_id)',
    'create index refresh_tokens_by_end on refresh_tokens (expires_at)',
  ],
};
