import type { DatabaseKind } from '../engine.js';

/** What the two engines call differently. */
export interface Dialect {
  /** A whole number that counts milliseconds since 1970. */
  readonly time: string;
  /** A key that counts by itself, and never gives a number twice. */
  readonly counter: string;
  /** Ends a `create table`. */
  readonly strict: string;
}

/** One step of the tables. Its name is kept in the database: it never changes, nor does what it does. */
export interface Migration {
  readonly name: string;
  /** @returns the statements, which run in one transaction. */
  readonly up: (dialect: Dialect) => readonly string[];
}

/** The words of an engine. SQLite keeps to types only when told to. */
export function dialectOf(kind: DatabaseKind): Dialect {
  return kind === 'sqlite'
    ? { time: 'integer', counter: 'integer primary key autoincrement', strict: ' strict' }
    : { time: 'bigint', counter: 'bigint generated always as identity primary key', strict: '' };
}
