import type { Migration } from './migration.js';

/** Accounts, and what goes wrong when they log in. */
export const accounts: Migration = {
  name: '001-accounts',
  up: ({ strict, time }) => [
    `create table accounts (
      id text not null primary key,
      login text not null unique,
      email text unique,
      name text,
      password text,
      roles text not null,
      permissions text not null,
      active integer not null check (active in (0, 1)),
      verified_at ${time},
      created_at ${time} not null,
      updated_at ${time} not null,
      password_changed_at ${time} not null,
      attributes text not null
    )${strict}`,
    'create index accounts_by_age on accounts (created_at, id)',
    `create table one_time_tokens (
      hash text not null primary key,
      account_id text not null references accounts (id) on delete cascade,
      purpose text not null check (purpose in ('verify', 'reset')),
      created_at ${time} not null,
      expires_at ${time} not null,
      used_at ${time}
    )${strict}`,
    'create index one_time_tokens_of_account on one_time_tokens (account_id)',
    'create index one_time_tokens_by_end on one_time_tokens (expires_at)',
    `create table login_failures (
      account_key text not null primary key,
      failures integer not null,
      last_at ${time} not null,
      locked_until ${time} not null
    )${strict}`,
    'create index login_failures_by_age on login_failures (last_at)',
  ],
};
