import type { GatewayConfig } from '../config/index.js';
import { compileAnswer, EndpointAnswers, type Placeholders } from '../http/endpoint-answer.js';
import { COLUMNS, type CountedRows } from './counts.js';
import { joined, top, type Rows } from './table.js';
import type { Counted } from './topics.js';

/** What the answer is about. */
export interface AnalyticsScope extends Counted {
  readonly info: GatewayConfig['info'];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Names of each kind that are told one by one. */
  readonly names: number;
}

type Column = keyof typeof COLUMNS;

const of = (row: readonly number[], column: Column): number => row[COLUMNS[column]] as number;

const placeholders: Placeholders<AnalyticsScope> = {
  service: ({ info }) => info.name,
  version: ({ info }) => info.version,
  environment: ({ info }) => info.environment,
  timestamp: ({ now }) => new Date(now).toISOString(),
  since: ({ since }) => new Date(since).toISOString(),
  totalRequests: ({ rows }) => total(rows, 'requests'),
  totalErrors: ({ rows }) => total(rows, 'errors'),
  bytesIn: ({ rows }) => total(rows, 'bytesIn'),
  bytesOut: ({ rows }) => total(rows, 'bytesOut'),
  perEndpoint: ({ names, rows }) => table(grouped(rows.operations, (name) => name.slice(name.indexOf(' ') + 1)), names, requests),
  perMethod: ({ names, rows }) => table(grouped(rows.operations, (name) => name.slice(0, name.indexOf(' '))), names, requests),
  perStatusCode: ({ names, rows }) => table(rows.statuses, names, requests),
  perVersion: ({ names, rows }) => table(rows.versions, names, requests),
  averageLatencyMs: ({ names, rows }) => table(rows.operations, names, average),
  apiKeyUsage: ({ names, rows }) => table(rows.keys, names, requests),
  perConsumer: ({ names, rows }) => table(rows.consumers, names, (row) => ({ requests: of(row, 'requests'), errors: of(row, 'errors'), bytesIn: of(row, 'bytesIn'), bytesOut: of(row, 'bytesOut') })),
  perService: ({ names, rows }) => table(rows.services, names, (row) => ({ requests: of(row, 'requests'), errors: of(row, 'errors'), averageLatencyMs: average(row) })),
};

const STANDARD = Object.fromEntries(Object.keys(placeholders).filter((name) => !['service', 'version', 'environment', 'timestamp'].includes(name)).map((name) => [name, `{${name}}`]));

/** The body of `analytics`. */
export const analyticsAnswers = new EndpointAnswers<AnalyticsScope>((template) => compileAnswer(template, placeholders), STANDARD);

function requests(row: readonly number[]): number {
  return of(row, 'requests');
}

/** Milliseconds, to the hundredth; 0 where nothing was timed. */
function average(row: readonly number[]): number {
  const timed = of(row, 'timed');
  return timed === 0 ? 0 : Math.round((of(row, 'milliseconds') / timed) * 100) / 100;
}

/** Every exchange has a status. */
function total({ statuses }: CountedRows, column: Column): number {
  return Object.values(statuses).reduce((sum, row) => sum + of(row, column), 0);
}

function grouped(rows: Rows, group: (name: string) => string): Rows {
  return joined(Object.entries(rows).map(([name, row]) => ({ [name.includes(' ') ? group(name) : name]: row })));
}

function table<T>(rows: Rows, names: number, cell: (row: readonly number[]) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(top(rows, names).map(([name, row]) => [name, cell(row)]));
}
