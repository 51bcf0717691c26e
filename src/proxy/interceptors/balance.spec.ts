import { Answer, problems, Target, type Balancer, type Exchange, type Interceptor, type Placement } from '#libs/kernel';
import type { ServiceParts } from '../compile.js';
import { balance } from './balance.js';

function target(name: string, placement: Partial<Placement> = {}): Target {
  return new Target(new URL(`http://${name}`), {} as Target['dispatcher'], placement);
}

const first: Balancer = { pick: ([one]) => one as Target };

function compiled(targets: readonly Target[], balancer: Balancer = first, own = '', settings: object = {}): Interceptor {
  const service = { name: 'users', targets, balancer, config: { zone: { own } } };
  return balance({ service, settings } as unknown as ServiceParts) as Interceptor;
}

/** Host name of the target that a try goes to. */
async function run(interceptor: Interceptor): Promise<string> {
  const exchange = { target: null } as unknown as Exchange;
  await interceptor.intercept(exchange, () => Promise.resolve(new Answer(200)));
  return (exchange.target as unknown as Target).url.hostname;
}

describe('balance', () => {
  it('fails over to the next priority, and back', async () => {
    const [main, reserve] = [target('main'), target('reserve', { priority: 1 })];
    const interceptor = compiled([reserve, main]);
    expect(await run(interceptor)).toBe('main');
    main.available = false;
    expect(await run(interceptor)).toBe('reserve');
    main.available = true;
    expect(await run(interceptor)).toBe('main');
  });

  it('prefers the own zone while it has a target', async () => {
    const [far, near] = [target('far', { zone: 'b' }), target('near', { zone: 'a' })];
    const interceptor = compiled([far, near], first, 'a');
    expect(await run(interceptor)).toBe('near');
    near.available = false;
    expect(await run(interceptor)).toBe('far');
  });

  it('refuses when nobody is available, and keeps the target that was tried', async () => {
    const only = target('only');
    only.available = false;
    const exchange = { target: only } as unknown as Exchange;
    for (const balancer of [first, { ...first, answered: () => {} }]) {
      await expect(compiled([only], balancer).intercept(exchange, () => Promise.reject(new Error('not reached')))).rejects.toMatchObject({ type: problems.noTarget });
    }
    expect(exchange.target).toBe(only);
  });

  it('a retry goes to a target that has not failed, where the route retries', async () => {
    const targets = [target('a'), target('b')];
    const exchange = { failed: [targets[0]] } as unknown as Exchange;
    await compiled(targets, first, '', { retry: { attempts: 2 } }).intercept(exchange, () => Promise.resolve(new Answer(200)));
    expect(exchange.target).toBe(targets[1]);
  });

  it('tells a balancer that wants to know of each answer before it goes on, and of no failure', async () => {
    const told: [string | undefined, number][] = [];
    const balancer: Balancer = { ...first, answered: ({ target: from }, answer) => { told.push([from?.url.hostname, answer.status]); answer.headers.append('x-told', '1'); } };
    const interceptor = compiled([target('a')], balancer);
    const answer = await interceptor.intercept({} as Exchange, () => Promise.resolve(new Answer(204)));
    expect([told, answer.headers.get('x-told')]).toEqual([[['a', 204]], '1']);
    await expect(interceptor.intercept({} as Exchange, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(told).toHaveLength(1);
  });
});
