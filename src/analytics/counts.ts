import type { Clock, Exchange, Principal } from '#libs/kernel';
import { Table, type Rows } from './table.js';

/** Names that a table may have; beyond it the rare ones are counted together. */
const MOST = 2_000;
const SWITCHED = 101;
const FAILED = 500;
/** Methods that get a row of their own. Clients may invent others; those share one. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE']);
const OTHER_METHOD = 'OTHER';
const ANONYMOUS = '(anonymous)';

/** Columns of every row. WebSockets last as long as their users stay, so they are not `timed`. */
export const COLUMNS = { requests: 0, errors: 1, timed: 2, milliseconds: 3, bytesIn: 4, bytesOut: 5 } as const;

export const TABLES = ['operations', 'statuses', 'versions', 'keys', 'consumers', 'services'] as const;

/** What was counted in one process, or in several together. */
export type CountedRows = Readonly<Record<(typeof TABLES)[number], Rows>>;

/** Counts exchanges. No credential is ever a name: keys go by their ids, callers by what their authenticator calls them. */
export class Counts {
  readonly #tables = Object.fromEntries(TABLES.map((name) => [name, new Table(MOST)])) as Record<(typeof TABLES)[number], Table>;

  /** @param isKey whether an authenticator of this name recognises API keys. */
  constructor(private readonly clock: Clock, private readonly isKey: (authenticator: string) => boolean) {}

  /** An exchange is over, every slot of it final. */
  add(exchange: Exchange): void {
    const { principal, route, service, status, version } = exchange;
    if (route === null) return;
    const tables = this.#tables;
    const row = rowOf(exchange, this.clock);
    tables.operations.add(`${METHODS.has(exchange.method) ? exchange.method : OTHER_METHOD} ${route.template}`, row);
    tables.statuses.add(String(status), row);
    if (version !== null) tables.versions.add(version, row);
    tables.consumers.add(principal === null ? ANONYMOUS : `${principal.authenticator}:${principal.id}`, row);
    if (principal !== null && this.isKey(principal.authenticator)) tables.keys.add(keyOf(principal), row);
    if (service !== null && exchange.tries > 0) tables.services.add(service.name, row);
  }

  get rows(): CountedRows {
    return Object.fromEntries(TABLES.map((name) => [name, this.#tables[name].rows])) as CountedRows;
  }

  clear(): void {
    for (const name of TABLES) this.#tables[name].clear();
  }
}

/** A key that belongs to an account is not called by the account's id. */
function keyOf({ claims: { key }, id }: Principal): string {
  return typeof key === 'string' ? key : id;
}

function rowOf({ bytesIn, bytesOut, startedAt, status }: Exchange, clock: Clock): readonly number[] {
  const timed = status !== SWITCHED;
  return [1, status >= FAILED ? 1 : 0, timed ? 1 : 0, timed ? clock.elapsed() - startedAt : 0, bytesIn, bytesOut];
}
