import { Problem } from '#libs/kernel';
import { CircuitBreaker } from '#libs/resilience';
import { FakeClock } from '#libs/testing';
import { liveService } from '../services/live-service.fixture.js';
import { carryOut, inForce, type Command } from './commands.js';

const OPTIONS = { errorRate: 0.5, failures: 0, over: 1_000, minRequests: 20, open: 1_000, trials: 1, slow: null };
const users = liveService('users', ['http://a:1/base', 'http://b:1']);
const clock = new FakeClock();
const breaker = new CircuitBreaker({ service: 'users', route: null }, OPTIONS, clock);
users.breakers.set('', breaker);
const services = new Map([['users', users]]);

it.each(['a:1', 'http://a:1/base'])('takes a target out and gives it back, named %s', (target) => {
  carryOut({ do: 'drain', service: 'users', target }, services);
  expect(users.targets.map(({ available, out }) => [available, out])).toEqual([[false, 'withdrawn'], [true, null]]);
  carryOut({ do: 'restore', service: 'users', target }, services);
  expect(users.targets.map(({ available }) => available)).toEqual([true, true]);
});

it('opens a breaker for a time, and closes it', () => {
  carryOut({ do: 'open', service: 'users', route: null, duration: 60_000 }, services);
  expect([breaker.state, breaker.retryAfter()]).toEqual(['open', 60_000]);
  clock.advance(59_000);
  expect(breaker.enter()).toBe(0);
  clock.advance(1_000);
  expect(breaker.enter()).toBeGreaterThan(0);
  carryOut({ do: 'close', service: 'users', route: null }, services);
  expect(breaker.state).toBe('closed');
});

it('tells what holds, as commands that do it again', () => {
  expect(inForce(services)).toEqual([]);
  const done: Command[] = [{ do: 'drain', service: 'users', target: 'http://b:1/' }, { do: 'open', service: 'users', route: null, duration: 5_000 }];
  for (const each of done) carryOut(each, services);
  expect(inForce(services)).toEqual(done);
  clock.advance(5_000);
  carryOut({ do: 'restore', service: 'users', target: 'b:1' }, services);
  expect(inForce(services)).toEqual([]);
  carryOut({ do: 'close', service: 'users', route: null }, services);
  for (let i = 0; i < 40; i++) breaker.report(breaker.enter(), 'failure', 1);
  expect([breaker.state, inForce(services)]).toEqual(['open', []]);
});

it.each<[string, Command, object]>([
  ['unknown-service', { do: 'drain', service: 'nope', target: 'a:1' }, { services: ['users'] }],
  ['unknown-target', { do: 'drain', service: 'users', target: 'c:1' }, { targets: ['a:1', 'b:1'] }],
  ['unknown-breaker', { do: 'open', service: 'users', route: 'orders', duration: 1 }, { routes: [] }],
])('%s says what there is', (code, command, members) => {
  let problem: unknown;
  try {
    carryOut(command, services);
  } catch (error) {
    problem = error;
  }
  expect(problem).toBeInstanceOf(Problem);
  expect((problem as Problem).type.code).toBe(code);
  expect((problem as Problem).extras.members).toMatchObject(members);
});
