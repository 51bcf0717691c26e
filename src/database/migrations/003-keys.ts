import type { Migration } from './migration.js';

/** Keys of callers, keys of ours, and what is not good any more. */
export const keys: Migration = {
  name: '003-keys',
  up: ({ strict, time }) => [
    `create table api_keys (
      id text not null primary key,
      prefix text not null unique,
      hash text not null,
      former_hash text, former_until ${time},
      version ${time} not null,
      name text not null,
      owner text,
      roles text not null,
      permissions text not null,
      scopes text not null,
      limits text,
      created_at ${time} not null,
      created_by text,
      expires_at ${time},
      revoked_at ${time},
      last_used_at ${time}
    )${strict}`,
    'create index api_keys_of_owner on api_keys (owner)',
    'create index api_keys_by_age on api_keys (created_at, id)',
    `create table signing_keys (
      kid text not null primary key,
      algorithm text not null,
      public_jwk text not null,
      private_jwk text not null,
      created_at ${time} not null,
      active_from ${time} not null,
      retired_at ${time},
      expires_at ${time}
    )${strict}`,
    `create table revocations (
      kind text not null check (kind in ('token', 'session', 'account')),
      subject text not null,
      before ${time} not null,
      expires_at ${time} not null,
      primary key (kind, subject)
    )${strict}`,
    'create index revocations_by_end on revocations (expires_at)',
  ],
};
