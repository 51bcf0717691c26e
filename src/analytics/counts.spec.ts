import { Exchange, type Principal, type Route } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { Counts } from './counts.js';
import { toCsv } from './csv.js';
import { joined, OTHERS, Table, top } from './table.js';
import { together, type Counted } from './topics.js';

describe('Table', () => {
  it('adds up by name', () => {
    const table = new Table(10);
    for (const [name, values] of [['a', [1, 5]], ['__proto__', [1, 1]], ['a', [2, 1]]] as const) table.add(name, values);
    expect(JSON.stringify(table.rows)).toBe('{"a":[3,6],"__proto__":[1,1]}');
  });

  it('is never larger than it may be, keeps the ones that come often, and loses no count', () => {
    const table = new Table(100);
    for (let i = 0; i < 10_000; i++) {
      table.add(`guest-${i}`, [1, 2]);
      if (i % 10 === 0) table.add('regular', [1, 2]);
    }
    const { rows } = table;
    expect(Object.keys(rows).length).toBeLessThanOrEqual(100);
    expect(rows['regular']).toEqual([1_000, 2_000]);
    expect(Object.values(rows).reduce((sum, [count = 0]) => sum + count, 0)).toBe(11_000);
  });

  it('tells the largest first and the rest together', () => {
    const rows = { a: [1], b: [3], c: [2], [OTHERS]: [10] };
    expect(top(rows, 2)).toEqual([['b', [3]], ['c', [2]], [OTHERS, [11]]]);
    expect(top(rows, 9)).toEqual([['b', [3]], ['c', [2]], ['a', [1]], [OTHERS, [10]]]);
    expect(top({}, 9)).toEqual([]);
    expect(joined([rows, { a: [1], d: [4] }])).toEqual({ ...rows, a: [2], d: [4] });
  });
});

describe('Counts', () => {
  const clock = new FakeClock();
  const principal = (authenticator: string, id: string, claims: Record<string, unknown> = {}): Principal => ({ id, email: null, roles: [], permissions: [], scopes: [], authenticator, claims, expiresAt: 0 });
  function counted(...given: Partial<Record<keyof Exchange, unknown>>[]) {
    const counts = new Counts(clock, (name) => name === 'keys');
    for (const { method = 'GET', ...slots } of given) {
      const exchange = new Exchange({ method: method as string, path: '/secret', query: '', headers: {}, rawHeaders: [], startedAt: clock.elapsed() - 8 });
      counts.add(Object.assign(exchange, { route: { template: '/a/:id' } as Route, status: 200, bytesIn: 1, bytesOut: 10 }, slots));
    }
    return counts;
  }

  it('counts by operation, status, version, caller, key and service', () => {
    const service = { name: 'echo' };
    const { rows } = counted({}, { method: 'INVENTED', status: 503, version: 'v1', service, tries: 1 }, { principal: principal('users', '42') }, { principal: principal('keys', 'owner', { key: 'k_1', name: 'CI' }), service, tries: 2 });
    expect(rows).toEqual({
      operations: { 'GET /a/:id': [3, 0, 3, 24, 3, 30], 'OTHER /a/:id': [1, 1, 1, 8, 1, 10] },
      statuses: { 200: [3, 0, 3, 24, 3, 30], 503: [1, 1, 1, 8, 1, 10] },
      versions: { v1: [1, 1, 1, 8, 1, 10] },
      consumers: { '(anonymous)': [2, 1, 2, 16, 2, 20], 'users:42': [1, 0, 1, 8, 1, 10], 'keys:owner': [1, 0, 1, 8, 1, 10] },
      keys: { k_1: [1, 0, 1, 8, 1, 10] },
      services: { echo: [2, 1, 2, 16, 2, 20] },
    });
  });

  it('takes no time of WebSockets, nothing of what was not routed or not sent', () => {
    const { rows } = counted({ status: 101 }, { route: null }, { service: { name: 'echo' }, tries: 0 });
    expect(rows).toMatchObject({ operations: { 'GET /a/:id': [2, 0, 1, 8, 2, 20] }, services: {} });
  });

  it('begins anew', () => {
    const counts = counted({});
    counts.clear();
    expect(counts.rows).toEqual({ operations: {}, statuses: {}, versions: {}, consumers: {}, keys: {}, services: {} });
  });
});

describe('together', () => {
  const of = (since: number, resetAt: number | null, n: number): Counted => ({ since, resetAt, rows: { operations: {}, statuses: { 200: [n] }, versions: {}, keys: {}, consumers: {}, services: {} } });
  it.each<[string, Counted[], [number, number | null, number]]>([
    ['workers', [of(5, null, 1), of(3, null, 2)], [3, null, 3]],
    ['a worker that began after a reset', [of(10, 10, 1), of(12, null, 2)], [10, 10, 3]],
    ['what is left of a worker that ended before a reset', [of(10, 10, 1), of(2, null, 100)], [10, 10, 1]],
    ['an earlier reset', [of(10, 10, 1), of(7, 7, 100)], [10, 10, 1]],
  ])('%s', (_name, all, [since, resetAt, n]) => expect(together(all)).toEqual(of(since, resetAt, n)));
});

describe('toCsv', () => {
  it('names each number by the way to it', () => {
    expect(toCsv({ total: 3, per: { 'GET /a,b': 1, 'say "x"': null, deep: { '=1+1': 2.5 } }, list: ['a'] })).toBe(
      'name,value\r\ntotal,3\r\n"per::GET /a,b",1\r\n"per::say ""x""",\r\nper::deep::=1+1,2.5\r\nlist::0,a\r\n',
    );
  });
});
