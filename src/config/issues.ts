import type { Place } from './place.js';

/** One thing that is wrong with the configuration, and where. */
export interface Issue {
  readonly file: string;
  /** From 1; 0 where the source has no lines, such as the environment. */
  readonly line: number;
  readonly column: number;
  /** Dotted path of the value, e.g. `routes.users.timeout.total`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong or what is allowed. */
  readonly message: string;
  /** As written, for scalars; `[redacted]` where it may be a secret. */
  readonly value?: unknown;
  /** The nearest thing that is allowed. */
  readonly suggestion?: string;
  /** Every name that is allowed, where the choice is closed. */
  readonly allowed?: readonly string[];
}

export type IssueDetails = Pick<Issue, 'message' | 'value' | 'suggestion' | 'allowed'>;

/** The configuration cannot be used; it holds everything that is wrong, sorted by place. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly issues: readonly Issue[]) {
    super(`The configuration has ${issues.length === 1 ? 'a mistake' : `${issues.length} mistakes`}:\n${formatIssues(issues)}`);
  }
}

/** Gathers issues while the rest goes on, so that all of them are reported at once. */
export class Issues {
  readonly #all = new Map<string, Issue>();

  add(place: Place, path: readonly PropertyKey[], details: IssueDetails | string): void {
    const known = typeof details === 'string' ? { message: details } : details;
    const issue: Issue = { file: place.source.name, line: place.line, column: place.column, path: dotted(path), ...known };
    const key = JSON.stringify([issue.file, issue.line, issue.column, issue.path.slice(issue.path.lastIndexOf('.') + 1), issue.message]);
    if (!this.#all.has(key)) this.#all.set(key, issue);
  }

  get any(): boolean {
    return this.#all.size > 0;
  }

  sorted(): readonly Issue[] {
    return [...this.#all.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.path, b.path));
  }

  /** @throws ConfigurationError when there is any. */
  throwIfAny(): void {
    if (this.any) throw new ConfigurationError(this.sorted());
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A path as people write it; a name with dots in it stands in brackets. */
function dotted(path: readonly PropertyKey[]): string {
  return path.map((part, index) => {
    const text = String(part);
    if (typeof part === 'number' || text.includes('.')) return `[${typeof part === 'number' ? text : JSON.stringify(text)}]`;
    return index === 0 ? text : `.${text}`;
  }).join('');
}

/** One line per issue: `gateway.yaml:41:7 routes.users.timeout.tota: unknown key. Did you mean "total"? (allowed: ...)`. */
export function formatIssues(issues: readonly Issue[]): string {
  return issues.map(formatIssue).join('\n');
}

function formatIssue(issue: Issue): string {
  const place = issue.line === 0 ? issue.file : `${issue.file}:${issue.line}:${issue.column}`;
  const got = issue.value === undefined ? '' : `, got ${shown(issue.value)}`;
  const hint = issue.suggestion === undefined ? '' : `. Did you mean "${issue.suggestion}"?`;
  const allowed = issue.allowed && issue.allowed.length > 0 ? ` (allowed: ${issue.allowed.join(', ')})` : '';
  return `${place}${issue.path === '' ? '' : ` ${issue.path}`}: ${issue.message}${got}${hint}${allowed}`;
}

function shown(value: unknown): string {
  return value === '[redacted]' ? value : JSON.stringify(value);
}
