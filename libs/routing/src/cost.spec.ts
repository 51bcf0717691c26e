import { RouteTable } from './route-table.js';
import type { RouteMatch, RouteRequest, SearchCost } from './types.js';

/** Steps are counted, not milliseconds: the machine has no say in it. */
function costs(count: number, match: (index: number) => RouteMatch, asked: Partial<RouteRequest>): SearchCost & { name: string | null } {
  const table = new RouteTable(Array.from({ length: count }, (_, index) => ({ name: `r${index}`, head: true, value: index, match: match(index) })));
  expect(table.mistakes).toEqual([]);
  const cost = { steps: 0, candidates: 0 };
  const found = table.find({ method: 'GET', path: '/', query: '', host: 'h1.org', headers: {}, ...asked }, cost);
  return { ...cost, name: found?.name ?? null };
}

describe('the cost of a search', () => {
  it.each<[string, (index: number) => RouteMatch, Partial<RouteRequest>, SearchCost & { name: string | null }]>([
    ['literal paths', (i) => ({ path: [`/api/v1/service${i}/items`] }), { path: '/api/v1/service7/items' }, { steps: 5, candidates: 1, name: 'r7' }],
    ['rests', (i) => ({ path: [`/api/service${i}/**`] }), { path: '/api/service7/a/b/c/d' }, { steps: 3, candidates: 1, name: 'r7' }],
    ['parameters', (i) => ({ path: [`/service${i}/:id/items/:item`] }), { path: '/service7/1/items/2' }, { steps: 5, candidates: 1, name: 'r7' }],
    ['string prefixes', (i) => ({ path: [`/s${String(i).padStart(5, '0')}/**`], prefix: 'string' }), { path: '/s00007x/y' }, { steps: 2, candidates: 1, name: 'r7' }],
    ['hosts', (i) => ({ path: ['/a/**'], hosts: [`h${i}.org`] }), { path: '/a', host: 'h7.org' }, { steps: 2, candidates: 1, name: 'r7' }],
    ['wildcard hosts', (i) => ({ path: ['/a/**'], hosts: [`*.h${i}.org`] }), { path: '/a', host: 'x.y.h7.org' }, { steps: 2, candidates: 1, name: 'r7' }],
    ['a miss', (i) => ({ path: [`/service${i}/**`] }), { path: '/nowhere/at/all' }, { steps: 1, candidates: 0, name: null }],
    ['a miss at the end', (i) => ({ path: [`/a/:x/c/service${i}`] }), { path: '/a/b/c/nowhere' }, { steps: 4, candidates: 0, name: null }],
  ])('is the same among 10 and 10,000 routes with %s', (_, match, asked, cost) => {
    expect(costs(10, match, asked)).toEqual(cost);
    expect(costs(10_000, match, asked)).toEqual(cost);
  });

  it('follows the table and not the client: a path of 4,000 segments ends where the patterns do', () => {
    const match = (index: number): RouteMatch => ({ path: [`/${'a/'.repeat(index)}b`] });
    expect(costs(10, match, { path: '/a'.repeat(4_000) })).toEqual({ steps: 10, candidates: 0, name: null });
  });
});
