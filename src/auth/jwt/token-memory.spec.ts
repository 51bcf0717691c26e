import { principalWith } from '../auth.fixture.js';
import { TokenMemory } from './token-memory.js';

const ada = principalWith();

it('never holds more than it may', () => {
  const memory = new TokenMemory(10);
  for (let i = 0; i < 1000; i++) {
    memory.set(`token ${i}`, ada);
    expect(memory.size).toBeLessThanOrEqual(10);
  }
});

it('keeps what is used', () => {
  const memory = new TokenMemory(10);
  memory.set('used', ada);
  for (let i = 0; i < 100; i++) {
    memory.set(`token ${i}`, ada);
    expect(memory.get('used')).toBe(ada);
  }
  expect(memory.get('token 0')).toBeUndefined();
});

it('forgets on demand, in either generation', () => {
  const memory = new TokenMemory(4);
  for (const token of ['a', 'b', 'c']) memory.set(token, ada);
  for (const token of ['a', 'b', 'c']) memory.delete(token);
  expect(memory.size).toBe(0);
});

it('holds nothing when told so', () => {
  const memory = new TokenMemory(0);
  memory.set('a', ada);
  expect(memory.get('a')).toBeUndefined();
});
