import { Secret } from '#libs/kernel';
import { Sealer } from './sealer.js';

const [OLD, NEW] = [new Secret('the old secret of these tests, long enough'), new Secret('the new secret of these tests, long enough')];
const value = { id: 'ada', list: [1, 'two'] };

it('opens what it sealed, each time another text', async () => {
  const sealer = new Sealer([OLD], 'session');
  const [one, two] = [await sealer.seal(value), await sealer.seal(value)];
  expect(one).not.toBe(two);
  expect([await sealer.open(one), await sealer.open(two)]).toEqual([value, value]);
});

it('goes on with what an older secret sealed, and seals with the first', async () => {
  const text = await new Sealer([OLD], 'session').seal(value);
  const both = new Sealer([NEW, OLD], 'session');
  expect(await both.open(text)).toEqual(value);
  expect(await new Sealer([NEW], 'session').open(await both.seal(value))).toEqual(value);
});

it.each<[string, () => Sealer]>([
  ['another secret', () => new Sealer([NEW], 'session')],
  ['another purpose', () => new Sealer([OLD], 'login')],
])('opens nothing that was sealed with %s', async (_what, other) => {
  expect(await other().open(await new Sealer([OLD], 'session').seal(value))).toBeNull();
});

it.each([[''], ['x'], ['a.b.c.d.e'], ['eyJhbGciOiJub25lIn0.e30.']])('opens nothing of %j', async (text) => {
  expect(await new Sealer([OLD], 'session').open(text)).toBeNull();
});

it('takes no secret that is short', () => {
  expect(() => new Sealer([new Secret('x'.repeat(31))], 'session')).toThrow(/shorter than 32/);
});
