import { Collection } from './collection.js';

it('numbers rows from 1 and never gives a number twice', () => {
  const rows = new Collection([{ name: 'a' }, { name: 'b' }]);
  rows.remove(2);
  expect(rows.add({ name: 'c' })).toEqual({ id: 3, name: 'c' });
  expect(rows.where(() => true).map(({ id }) => id)).toEqual([1, 3]);
});

it('lets the oldest go when it is full', () => {
  const rows = new Collection([{ name: 'a' }, { name: 'b' }], 2);
  rows.add({ name: 'c' });
  expect(rows.size).toBe(2);
  expect(rows.get(1)).toBeUndefined();
});
