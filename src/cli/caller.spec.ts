import { callerText, parseCaller } from './caller.js';

it('reads who is calling', () => {
  expect(parseCaller('role=admin, id=7,roles=a|b,permissions=x|y,scopes=s,email=a@b.c,authenticator=keys,claims.tenant=north')).toEqual({
    id: '7', email: 'a@b.c', roles: ['admin', 'a', 'b'], permissions: ['x', 'y'], scopes: ['s'], authenticator: 'keys', claims: { tenant: 'north' },
  });
});

it('needs nothing', () => {
  expect(parseCaller('')).toMatchObject({ id: 'test', roles: [], claims: {} });
});

it.each([['rol=x', 'Did you mean "role"?'], ['admin', '"admin" says nothing about a caller']])('refuses %s', (text, message) => {
  expect(() => parseCaller(text)).toThrow(message);
});

it('is written as it is read', () => {
  const text = 'roles=admin|a,id=7,email=a@b.c,permissions=x,scopes=s,authenticator=keys';
  expect(callerText(parseCaller(text))).toBe(`'${text}'`);
});
