/** What SQLite says is wrong. `errcode` is its extended result code, see https://sqlite.org/rescode.html. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';

  constructor(message: string, readonly errcode: number) {
    super(message);
  }
}

/** The fields of an error of `pg` that matter here; `code` is one of PostgreSQL's, five characters long. */
interface PostgresError {
  readonly code: string;
  readonly detail?: string;
}

const SQLITE_UNIQUE: readonly number[] = [2067, 1555];
const SQLITE_FOREIGN_KEY = 787;
const POSTGRES_UNIQUE = '23505';
const POSTGRES_FOREIGN_KEY = '23503';

/**
 * Whether something is there already that must be there once only: a unique column, or the primary key.
 * @param column only if it is this one (alone or first of several).
 */
export function isDuplicate(error: unknown, column?: string): boolean {
  if (error instanceof SqliteError) return SQLITE_UNIQUE.includes(error.errcode) && (column === undefined || new RegExp(`failed: \\w+\\.${column}\\b`).test(error.message));
  if (!isPostgres(error, POSTGRES_UNIQUE)) return false;
  return column === undefined || new RegExp(`^Key \\("?${column}\\b`).test(error.detail ?? '');
}

/** Whether a row names another one that is not there, or is named by one that is. */
export function isMissingReference(error: unknown): boolean {
  return error instanceof SqliteError ? error.errcode === SQLITE_FOREIGN_KEY : isPostgres(error, POSTGRES_FOREIGN_KEY);
}

function isPostgres(error: unknown, code: string): error is Error & PostgresError {
  return error instanceof Error && (error as Partial<PostgresError>).code === code;
}
