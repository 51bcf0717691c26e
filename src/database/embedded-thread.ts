import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/*
 * Runs in a thread of its own: neither a disk that takes its time nor a long query stops the event loop. Node runs this
 * very file, as TypeScript from the sources: it imports nothing but Node, and its types can be erased.
 */

/** Statements kept prepared; lists of different lengths make many different ones. */
const KEPT = 256;

interface Question {
  readonly id: number;
  /** `undo` ends a transaction that somebody left open. */
  readonly ask: 'query' | 'undo' | 'close';
  readonly sql?: string;
  readonly parameters?: readonly SQLInputValue[];
}

const { file, patience } = workerData as { readonly file: string; readonly patience: number };
const port = parentPort as NonNullable<typeof parentPort>;
const prepared = new Map<string, StatementSync>();
let database: DatabaseSync | null = null;

function open(): DatabaseSync {
  const opened = new DatabaseSync(file, { timeout: patience, enableForeignKeyConstraints: true });
  try {
    // Full: what was committed is on the disk, whatever happens to the machine.
    opened.exec('pragma journal_mode = wal; pragma synchronous = full');
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

function statementOf(sql: string): StatementSync {
  database ??= open();
  const known = prepared.get(sql);
  const statement = known ?? database.prepare(sql);
  prepared.delete(sql);
  prepared.set(sql, statement);
  if (prepared.size > KEPT) prepared.delete(prepared.keys().next().value as string);
  return statement;
}

function query({ parameters = [], sql = '' }: Question): object {
  const statement = statementOf(sql);
  if (statement.columns().length > 0) return { rows: statement.all(...parameters), affected: null };
  return { rows: [], affected: Number(statement.run(...parameters).changes) };
}

function answer(question: Question): object {
  switch (question.ask) {
    case 'query': return query(question);
    case 'undo':
      if (database?.isTransaction) database.exec('rollback');
      return {};
    case 'close':
      prepared.clear();
      database?.close();
      port.close();
      return {};
  }
}

port.on('message', (question: Question) => {
  try {
    port.postMessage({ id: question.id, ...answer(question) });
  } catch (error) {
    const { errcode = 0, message } = error as Error & { readonly errcode?: number };
    port.postMessage({ id: question.id, error: { message, errcode } });
  }
});
