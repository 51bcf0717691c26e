import { compilePath, writePath } from './claim-path.js';

it.each(['sub', 'realm_access.roles', 'a.b.c', 'https://example.com/roles'])('what is written at %s is read there', (path) => {
  const claims: Record<string, unknown> = { realm_access: { other: 1 }, a: 'in the way' };
  writePath(claims, path, 'value');
  expect(compilePath(path)(claims)).toBe('value');
  expect(claims['realm_access']).toMatchObject({ other: 1 });
});

it.each<[unknown, unknown]>([[0, 0], [false, false], ['', undefined], [null, undefined], [undefined, undefined]])('%j reads as %j', (value, expected) => {
  expect(compilePath('claim')({ claim: value })).toBe(expected);
});
