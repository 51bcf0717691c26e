import { inspect } from 'node:util';
import { z } from 'zod';
import {
  defineBalancer, defineProblem, Event, Exchange, ExtensionRegistry, HeaderList, parseDuration, parseShare, parseSize, Problem, problemCatalogue, problems, Secret, setAlarm, systemClock,
  type Extension,
} from './index.js';

describe('units', () => {
  it.each([
    ['250ms', 250], ['1.5s', 1_500], ['2m', 120_000], ['1h30m', 5_400_000], ['7d', 604_800_000], ['1 min', 60_000],
    ['10', undefined], ['', undefined], ['10x', undefined], ['-1s', undefined], ['s', undefined], ['1s junk', undefined],
  ])('parseDuration(%j) is %j', (text, expected) => expect(parseDuration(text)).toBe(expected));

  it.each([
    ['512b', 512], ['10kB', 10_000], ['10KiB', 10_240], ['5mb', 5_000_000], ['1GiB', 1_073_741_824], ['1.5KiB', 1_536], ['10', undefined], ['1k', undefined],
  ])('parseSize(%j) is %j', (text, expected) => expect(parseSize(text)).toBe(expected));

  it.each([['20%', 0.2], ['0.5 %', 0.005], ['20', undefined]])('parseShare(%j) is %j', (text, expected) => expect(parseShare(text)).toBe(expected));
});

describe('Secret', () => {
  it('never prints itself', () => {
    const secret = new Secret('hunter2');
    const printed = [String(secret), JSON.stringify({ secret }), inspect(secret), inspect({ deep: { secret } }), `${secret.toString()}`];
    for (const text of printed) expect(text).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });
});

describe('the problem catalogue', () => {
  it('refuses a second problem of a name', () => {
    expect(() => defineProblem({ ...problems.forbidden })).toThrow('"forbidden" is defined twice');
  });

  it('has a status, a title and help for everyone', () => {
    for (const { code, help, status, title } of problemCatalogue()) {
      expect([code, status >= 300 && status < 600, title.length > 0, help.length > 20]).toEqual([code, true, true, true]);
    }
  });
});

describe('Problem', () => {
  it.each([[problems.internal, true], [problems.unauthenticated, false], [problems.overloaded, false]])('has a stack where the fault is in the code: $code', (type, has) => {
    const { stackTraceLimit } = Error;
    expect(/\n {4}at /.test(new Problem(type, 'x').stack ?? '')).toBe(has);
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  });
});

describe('ExtensionRegistry', () => {
  const first = defineBalancer({ name: 'first', schema: z.strictObject({}), create: () => ({ pick: ([target]) => target! }) }) as unknown as Extension;
  const surroundings = { clock: systemClock, random: Math.random, folder: '/', resolve: <T>(): T => { throw new Error('none'); } };

  it('refuses two of one name in a kind', () => {
    expect(() => new ExtensionRegistry([first, first])).toThrow('There are two extensions "first" of kind balancer');
  });

  it('builds what `use` names with the options beside it', () => {
    expect(new ExtensionRegistry([first]).create('balancer', { use: 'first' }, surroundings)).toHaveProperty('pick');
    expect(() => new ExtensionRegistry([first]).create('balancer', { use: 'second' }, surroundings)).toThrow('There is no balancer "second"');
  });
});

describe('Exchange', () => {
  const open = (): Exchange => new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });

  it('makes its trace id when somebody asks for it, once, and shares it with its forks', () => {
    const exchange = open();
    let made = 0;
    exchange.trace = () => `trace ${++made}`;
    expect(made).toBe(0);
    expect([exchange.fork().traceId, exchange.traceId, exchange.detach().traceId, made]).toEqual(['trace 1', 'trace 1', 'trace 1', 1]);
  });

  it('aborts everyone once, with the first reason', () => {
    const exchange = open();
    const told: string[] = [];
    for (const name of ['a', 'b', 'c']) exchange.onAbort({ abort: (reason) => told.push(`${name} ${reason.message}`) });
    exchange.abort(new Error('first'));
    exchange.abort(new Error('second'));
    expect(told).toEqual(['a first', 'b first', 'c first']);
    expect(exchange.aborted?.message).toBe('first');
  });

  it('aborts whoever comes late at once', () => {
    const exchange = open();
    exchange.abort(new Error('over'));
    const told: string[] = [];
    exchange.onAbort({ abort: (reason) => told.push(reason.message) });
    expect(told).toEqual(['over']);
    expect(exchange.signal().aborted).toBe(true);
  });

  it('is followed by its forks into an abort, and follows none', () => {
    const exchange = open();
    const [a, b] = [exchange.fork(), exchange.fork()];
    a.abort(new Error('a alone'));
    expect([exchange.aborted, b.aborted]).toEqual([null, null]);
    exchange.abort(new Error('all'));
    expect([a.aborted?.message, b.aborted?.message]).toEqual(['a alone', 'all']);
  });

  it('is left alone by what was detached from it, and leaves it alone', () => {
    const exchange = open();
    exchange.outgoing = { method: 'GET', path: '/', query: '', headers: new HeaderList(['a', '1']), body: null };
    exchange.deadline = setAlarm(1_000, { wake: () => undefined });
    const detached = exchange.detach();
    exchange.abort(new Error('the client left'));
    expect([detached.aborted, detached.deadline]).toEqual([null, null]);
    detached.outgoing?.headers.set('a', '2');
    expect(exchange.outgoing.headers.flat).toEqual(['a', '1']);
    exchange.deadline.clear();
  });

  it('takes over what a fork met, and adds its tries', () => {
    const exchange = open();
    const fork = exchange.fork();
    Object.assign(exchange, { tries: 1 });
    Object.assign(fork, { tries: 2, targetTime: 7 });
    exchange.join(fork);
    expect(exchange).toMatchObject({ tries: 3, targetTime: 7 });
  });
});

describe('Event', () => {
  it('reaches listeners until they leave', () => {
    const event = new Event<number>('spec');
    const heard: number[] = [];
    const leave = event.subscribe((value) => heard.push(value));
    event.publish(1);
    leave();
    event.publish(2);
    expect([heard, event.heard]).toEqual([[1], false]);
  });
});
