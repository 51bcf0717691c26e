import { Problem, problems } from '#libs/kernel';
import { Turns } from './turns.js';

function held(): { readonly work: () => Promise<void>; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}

const ADA = '192.0.2.7';
const EVE = '203.0.113.66';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  it('lets in so many at once, the others in their order', async () => {
    const turns = new Turns(2, 10);
    const works = Array.from({ length: 5 }, held);
    const begun: number[] = [];
    const all = works.map(({ work }, i) => turns.take(ADA, () => {
      begun.push(i);
      return work();
    }));
    await settle();
    expect(begun).toEqual([0, 1]);
    works[1]?.end();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    for (const { end } of works) end();
    await Promise.all(all);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it('refuses at once when the line is full, and goes on when it is not', async () => {
    const turns = new Turns(1, 1);
    const first = held();
    const running = turns.take(ADA, first.work);
    const waiting = turns.take(ADA, () => Promise.resolve('second'));
    await expect(turns.take(ADA, () => Promise.resolve())).rejects.toMatchObject({ type: problems.passwordsBusy, extras: { headers: { 'Retry-After': '2' } } });
    first.end();
    await running;
    expect(await waiting).toBe('second');
    expect(await turns.take(ADA, () => Promise.resolve('third'))).toBe('third');
  });

  it('gives the place on when the work fails', async () => {
    const turns = new Turns(1, 0);
    await expect(turns.take(ADA, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(turns.take(ADA, () => { throw new Problem(problems.internal, 'at once'); })).rejects.toThrow('at once');
    expect(await turns.take(ADA, () => Promise.resolve(7))).toBe(7);
  });
  it('lets those who ask take turns: whoever floods it waits behind himself', async () => {
    const turns = new Turns(1, 4);
    const begun: string[] = [];
    const first = held();
    const ask = (by: string, name: string): Promise<string> => turns.take(by, () => {
      begun.push(name);
      return name === 'e1' ? first.work() : Promise.resolve();
    }).then(() => 'done', (error: Problem) => error.type.code);
    const floods = ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'].map((name) => ask(EVE, name));
    const own = [ask(ADA, 'a1'), ask(ADA, 'a2')];
    await settle();
    first.end();
    expect(await Promise.all(own)).toEqual(['done', 'done']);
    expect(await Promise.all(floods)).toEqual(['done', 'done', 'done', 'passwords-busy', 'passwords-busy', 'passwords-busy']);
    expect(begun).toEqual(['e1', 'e2', 'a1', 'e3', 'a2']);
    expect(await ask(EVE, 'e7')).toBe('done');
  });
});
