import type { Migration } from './migration.js';

/** What all processes hear of, and what was done. */
export const records: Migration = {
  name: '004-records',
  up: ({ counter, strict, time }) => [
    `create table changes (
      seq ${counter},
      kind text not null,
      subject text not null,
      body text not null,
      at ${time} not null
    )${strict}`,
    'create index changes_by_age on changes (at)',
    `create table audit (
      seq ${time} not null primary key,
      id text not null unique,
      at ${time} not null,
      action text not null,
      outcome text not null,
      actor text,
      subject text,
      client text,
      request_id text,
      details text not null,
      previous_hash text not null,
      hash text not null
    )${strict}`,
    'create index audit_by_time on audit (at, seq)',
    'create index audit_of_actor on audit (actor, seq)',
    'create index audit_of_subject on audit (subject, seq)',
    'create index audit_of_action on audit (action, seq)',
  ],
};
