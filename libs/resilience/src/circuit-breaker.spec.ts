import { events } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { CircuitBreaker, REFUSED, type BreakerOptions, type Outcome } from './index.js';

const OPTIONS: BreakerOptions = { errorRate: 0.5, over: 10_000, minRequests: 4, failures: 0, slow: null, open: 5_000, trials: 2 };

function breaker(options: Partial<BreakerOptions> = {}) {
  const clock = new FakeClock();
  const circuit = new CircuitBreaker({ service: 's', route: null }, { ...OPTIONS, ...options }, clock);
  const send = (outcomes: string, duration = 0): void => {
    for (const letter of outcomes) circuit.report(circuit.enter(), MEANING[letter] as Outcome, duration);
  };
  return { circuit, clock, send };
}

/** + good, - bad, 0 ignored. */
const MEANING: Readonly<Record<string, Outcome>> = { '+': 'success', '-': 'failure', '0': 'ignored' };

describe('CircuitBreaker opens', () => {
  it.each<[string, Partial<BreakerOptions>, string, boolean]>([
    ['at the share of failures', {}, '++--', true],
    ['not below it', {}, '+++-+-', false],
    ['not below the least number of requests', {}, '---', false],
    ['not for what is ignored', {}, '000000---', false],
    ['at failures in a row', { errorRate: 0, failures: 3 }, '++-+---', true],
    ['not when a success is between', { errorRate: 0, failures: 3 }, '--+--+--', false],
    ['at failures in a row though something between was ignored', { errorRate: 0, failures: 3 }, '--0-', true],
    ['never without a rule', { errorRate: 0 }, '----------', false],
  ])('%s', (_what, options, outcomes, opened) => {
    const { circuit, send } = breaker(options);
    send(outcomes);
    expect(circuit.state).toBe(opened ? 'open' : 'closed');
    expect(circuit.enter() === REFUSED).toBe(opened);
  });

  it('for slow requests, though they went well', () => {
    const { circuit, send } = breaker({ slow: { over: 1_000, rate: 0.5 } });
    send('++', 1_000);
    send('+', 1_001);
    expect(circuit.state).toBe('closed');
    send('+', 1_001);
    expect(circuit.state).toBe('open');
  });

  it('only for what the window still holds', () => {
    const { circuit, clock, send } = breaker();
    send('---');
    clock.advance(11_000);
    send('+++-');
    expect(circuit.state).toBe('closed');
    clock.advance(5_000);
    send('--');
    expect(circuit.state).toBe('open');
  });
});

describe('CircuitBreaker closes', () => {
  function opened(options: Partial<BreakerOptions> = {}) {
    const all = breaker({ errorRate: 0, failures: 1, ...options });
    all.send('-');
    return all;
  }

  it('after its time, when all trials go well', () => {
    const { circuit, clock } = opened();
    clock.advance(4_999);
    expect([circuit.enter(), circuit.retryAfter()]).toEqual([REFUSED, 1]);
    clock.advance(1);
    const trials = [circuit.enter(), circuit.enter()];
    expect([circuit.state, circuit.enter()]).toEqual(['half-open', REFUSED]);
    for (const trial of trials) circuit.report(trial, 'success', 0);
    expect(circuit.state).toBe('closed');
  });

  it.each<[string, Outcome, number]>([['fails', 'failure', 0], ['is slow', 'success', 2_000]])('not when one trial %s', (_how, outcome, duration) => {
    const { circuit, clock } = opened({ slow: { over: 1_000, rate: 1 } });
    clock.advance(5_000);
    const [first, second] = [circuit.enter(), circuit.enter()];
    circuit.report(first, 'success', 0);
    circuit.report(second, outcome, duration);
    expect([circuit.state, circuit.retryAfter()]).toEqual(['open', 5_000]);
  });

  it('not through requests that began before it opened', () => {
    const { circuit, clock, send } = breaker({ errorRate: 0, failures: 1 });
    const old = [circuit.enter(), circuit.enter(), circuit.enter()];
    send('-');
    clock.advance(5_000);
    const trial = circuit.enter();
    for (const pass of old) circuit.report(pass, 'success', 0);
    expect(circuit.state).toBe('half-open');
    circuit.report(trial, 'success', 0);
    circuit.report(circuit.enter(), 'success', 0);
    expect(circuit.state).toBe('closed');
  });

  it('with another trial in place of one whose client left', () => {
    const { circuit, clock } = opened({ trials: 1 });
    clock.advance(5_000);
    circuit.report(circuit.enter(), 'ignored', 0);
    const trial = circuit.enter();
    expect(trial).not.toBe(REFUSED);
    circuit.report(trial, 'success', 0);
    expect(circuit.state).toBe('closed');
  });

  it('with another trial when one hangs', () => {
    const { circuit, clock } = opened({ trials: 1 });
    clock.advance(5_000);
    circuit.enter();
    expect(circuit.enter()).toBe(REFUSED);
    clock.advance(5_000);
    circuit.report(circuit.enter(), 'success', 0);
    expect(circuit.state).toBe('closed');
  });

  it('and starts anew, with a clean slate', () => {
    const { circuit, clock, send } = breaker();
    send('----');
    clock.advance(5_000);
    send('++');
    send('---');
    expect(circuit.state).toBe('closed');
  });
});

it('tells of each change', () => {
  const heard: string[] = [];
  const stop = events.breakerChanged.subscribe(({ from, route, service, to }) => heard.push(`${service} ${route} ${from}>${to}`));
  const { clock, send } = breaker();
  send('----');
  clock.advance(5_000);
  send('++');
  stop();
  expect(heard).toEqual(['s null closed>open', 's null open>half-open', 's null half-open>closed']);
});
