import { HeaderList } from '#libs/kernel';
import { addVary } from './vary.js';

it.each([
  [[], ['Vary', 'Origin']],
  [['vary', 'Accept'], ['vary', 'Accept, Origin']],
  [['Vary', 'accept, origin'], ['Vary', 'accept, origin']],
  [['Vary', '*'], ['Vary', '*']],
  [['Vary', 'Accept', 'VARY', 'Origin'], ['Vary', 'Accept', 'VARY', 'Origin']],
  [['Vary', 'X-Origin', 'Vary', 'Cookie'], ['Vary', 'X-Origin, Origin', 'Vary', 'Cookie']],
])('%j becomes %j', (before, after) => {
  const headers = new HeaderList([...before]);
  addVary(headers, 'Origin');
  expect(headers.flat).toEqual(after);
});
