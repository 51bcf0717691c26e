import { SignatureMemories, SignatureMemory } from './signature-memory.js';

const at = (second: number, max = 1000) => ({ second, oldest: second - 600, max });

it('takes each signature once', () => {
  const memory = new SignatureMemory();
  expect([memory.take('a', at(5)), memory.take('a', at(5)), memory.take('b', at(5)), memory.take('a', at(6)), memory.take('b', at(5))]).toEqual([true, false, true, true, false]);
});

it('refuses what is older than what it had to forget, rather than take it twice', () => {
  const memory = new SignatureMemory();
  for (let second = 1; second <= 4; second++) expect(memory.take('a', at(second, 3))).toBe(true);
  expect([memory.take('a', at(1, 3)), memory.take('b', at(1, 3)), memory.take('a', at(2, 3)), memory.take('b', at(4, 3))]).toEqual([false, false, false, true]);
});

it('has room again for what is over', () => {
  const memory = new SignatureMemory();
  for (const name of ['a', 'b', 'c']) memory.take(name, at(1, 3));
  for (const name of ['a', 'b', 'c']) expect(memory.take(name, { second: 700, oldest: 100, max: 3 })).toBe(true);
  expect(memory.take('a', { second: 699, oldest: 100, max: 4 })).toBe(true);
});

it('is one for each client of each authenticator', () => {
  const memories = new SignatureMemories();
  expect(memories.of('signed', 'shop')).toBe(memories.of('signed', 'shop'));
  expect(new Set([memories.of('signed', 'shop'), memories.of('signed', 'a'), memories.of('other', 'shop'), memories.of('signed', '["shop')]).size).toBe(4);
});
