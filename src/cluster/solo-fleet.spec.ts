import { z } from 'zod';
import type { Topic } from './fleet.js';
import { SoloFleet } from './solo-fleet.js';

const double: Topic<number, number> = { name: 'double', question: z.number(), answer: z.number() };

describe('SoloFleet', () => {
  it('answers itself', async () => {
    const fleet = new SoloFleet();
    fleet.answer(double, (n) => Promise.resolve(2 * n));
    expect(await fleet.ask(double, 21)).toEqual({ answers: [42], failures: [] });
  });

  it.each([
    ['nobody answers', () => new SoloFleet(), 'nobody answers "double"'],
    ['a handler that throws', () => {
      const fleet = new SoloFleet();
      fleet.answer(double, () => { throw new Error('not today'); });
      return fleet;
    }, 'not today'],
    ['a question that is none', () => {
      const fleet = new SoloFleet();
      fleet.answer(double, (n) => n);
      const ask = fleet.ask.bind(fleet);
      return Object.assign(fleet, { ask: () => ask(double, 'one' as unknown as number) });
    }, 'this is no question for "double"'],
  ])('%s is a failure', async (_what, make, failure) => {
    expect(await make().ask(double, 1)).toEqual({ answers: [], failures: [failure] });
  });

  it('has one answer to a topic', () => {
    const fleet = new SoloFleet();
    fleet.answer(double, (n) => n);
    expect(() => fleet.answer(double, (n) => n)).toThrow('"double" is answered already');
  });
});
