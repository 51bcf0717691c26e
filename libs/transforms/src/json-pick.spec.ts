import { compilePick } from './json-pick.js';

const user = { id: 7, name: 'A', address: { city: 'X', zip: '1' }, courses: [{ id: 1, mark: 5 }, { id: 2 }, 'odd'] };

it.each<[string[], unknown, unknown]>([
  [['id', 'name'], user, { id: 7, name: 'A' }],
  [['address.city'], user, { address: { city: 'X' } }],
  [['address.city', 'address'], user, { address: { city: 'X', zip: '1' } }],
  [['address', 'address.city'], user, { address: { city: 'X', zip: '1' } }],
  [['courses.*.id'], user, { courses: [{ id: 1 }, { id: 2 }] }],
  [['courses.0'], user, { courses: [{ id: 1, mark: 5 }] }],
  [['*.id'], [{ id: 1, secret: 2 }, { id: 3 }], [{ id: 1 }, { id: 3 }]],
  [['none'], user, {}],
  [['name.first'], user, {}],
  [['constructor'], user, {}],
  [[], user, {}],
  [['id'], 'text', null],
])('%j of %j', (paths, value, expected) => {
  expect(compilePick(paths)(value)).toEqual(expected);
});
